import type { RouteConfig } from '@hono/zod-openapi'
import { Problem } from '#contract/api.ts'
import { FAILURE_STATUS } from './failure-to-status.ts'

/** What a route takes, by which it can refuse more. */
interface Taken {
  readonly body: boolean
  readonly precondition: boolean
}

/** Every status that a refusal of a route can have, with the codes it stands for; there is no other. */
export function refusalsOf({ body, precondition }: Taken): RouteConfig['responses'] {
  const codes = Map.groupBy(Object.entries(FAILURE_STATUS), ([, status]) => status)
  const described = [...codes].map(
    ([status, all]) => [status, all.map(([code]) => `\`${code}\``).join(', ')] as const,
  )
  const own = body ? [...described, [413, '`invalid_input`'] as const] : described
  return Object.fromEntries(
    own
      .filter(([status]) => status !== 412 || precondition)
      .map(([status, description]) => [
        status,
        { description, content: { 'application/problem+json': { schema: Problem } } },
      ]),
  )
}
