import { z } from 'zod'
import { Budget } from '#contract/budget.ts'
import { Scope } from '#contract/scope.ts'
import { Person } from '#contract/task.ts'
import { type Digest, digestOf } from '#kernel/bytes.ts'
import { canonicalJson } from '#kernel/canonical-json.ts'

/** What one attempt may do, on whose behalf: written once before the sandbox starts, its digest is in the audit log. */
export const Grant = z.strictObject({
  version: z.literal(1),
  task: z.string(),
  attempt: z.int(),
  onBehalfOf: Person,
  agent: z.string(),
  agentPackage: z
    .strictObject({ name: z.string(), version: z.string(), digest: z.string() })
    .exactOptional()
    .describe('The installed version the agent runs from; left out by an agent that comes with Airlock'),
  image: z
    .string()
    .exactOptional()
    .describe(
      'The container image whose programs there are, with its digest; left out for those of the host',
    ),
  model: z.string(),
  standby: z
    .array(z.string())
    .exactOptional()
    .describe('Asked in this order where the model does not answer; left out where nobody is'),
  scope: Scope,
  protectedPaths: z.array(z.string()).describe('Never writable, whatever the scope says'),
  budget: Budget,
  egress: z.strictObject({
    prepare: z
      .array(z.string())
      .describe('Presets, and hosts that people allowed, open while no agent is present'),
    run: z.array(z.string()).max(0).describe('Always empty: the agent has the gateway only'),
  }),
})
export type Grant = z.infer<typeof Grant>

export function grantDigest(grant: Grant): Digest {
  return digestOf(canonicalJson(grant))
}
