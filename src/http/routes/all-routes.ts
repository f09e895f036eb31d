import type { Route } from '../route.ts'
import { accessRoutes } from './access.ts'
import { auditRoutes } from './audit.ts'
import { budgetRoutes } from './budgets.ts'
import { egressRoutes } from './egress.ts'
import { guardRoutes } from './guards.ts'
import { peopleRoutes } from './people.ts'
import { policyRoutes } from './policies.ts'
import { preservedRoutes } from './preserved.ts'
import { projectRoutes } from './projects.ts'
import { providerRoutes } from './providers.ts'
import { reviewRoutes } from './reviews.ts'
import { secretRoutes } from './secrets.ts'
import { serverRoutes } from './server.ts'
import { shareRoutes } from './shares.ts'
import { taskRoutes } from './tasks.ts'

/** Everything the API answers to. */
export function allRoutes(heartbeatMilliseconds: number): readonly Route[] {
  return [
    ...serverRoutes,
    ...taskRoutes(heartbeatMilliseconds),
    ...reviewRoutes,
    ...shareRoutes,
    ...projectRoutes,
    ...egressRoutes,
    ...secretRoutes,
    ...preservedRoutes,
    ...providerRoutes,
    ...peopleRoutes,
    ...accessRoutes,
    ...budgetRoutes,
    ...policyRoutes,
    ...auditRoutes,
    ...guardRoutes,
  ]
}
