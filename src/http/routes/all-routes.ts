import type { Route } from '../route.ts'
import { accessRoutes } from './access.ts'
import { auditRoutes } from './audit.ts'
import { budgetRoutes } from './budgets.ts'
import { confirmationRoutes } from './confirmations.ts'
import { dataRoutes } from './data.ts'
import { egressRoutes } from './egress.ts'
import { environmentRoutes } from './environments.ts'
import { guardRoutes } from './guards.ts'
import { organisationRoutes } from './organisations.ts'
import { peopleRoutes } from './people.ts'
import { policyRoutes } from './policies.ts'
import { preservedRoutes } from './preserved.ts'
import { projectSettingRoutes } from './project-settings.ts'
import { projectRoutes } from './projects.ts'
import { providerRoutes } from './providers.ts'
import { reviewRoutes } from './reviews.ts'
import { roleRoutes } from './roles.ts'
import { secretRoutes } from './secrets.ts'
import { serverRoutes } from './server.ts'
import { shareRoutes } from './shares.ts'
import { taskRoutes } from './tasks.ts'
import { teamRoutes } from './teams.ts'

/** Everything the API answers to. */
export function allRoutes(heartbeatMilliseconds: number): readonly Route[] {
  return [
    ...serverRoutes,
    ...taskRoutes(heartbeatMilliseconds),
    ...reviewRoutes,
    ...shareRoutes,
    ...projectRoutes,
    ...projectSettingRoutes,
    ...environmentRoutes,
    ...egressRoutes,
    ...secretRoutes,
    ...preservedRoutes,
    ...providerRoutes,
    ...organisationRoutes,
    ...teamRoutes,
    ...roleRoutes,
    ...peopleRoutes,
    ...accessRoutes,
    ...budgetRoutes,
    ...policyRoutes,
    ...confirmationRoutes,
    ...auditRoutes,
    ...dataRoutes,
    ...guardRoutes,
  ]
}
