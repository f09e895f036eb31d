import { z } from 'zod'
import { FAILURE_CODES } from '#kernel/failure.ts'

/** A Failure as it crosses a wire. */
export const FailureShape = z
  .object({
    code: z.enum(FAILURE_CODES),
    message: z.string(),
    rule: z.string().optional(),
    remedy: z.string().optional(),
    details: z.record(z.string(), z.unknown()).optional(),
  })
  .meta({ id: 'Failure' })

/** Something the agent tried and did not get. The reviewer sees every one. */
export const Refusal = z
  .strictObject({
    rule: z
      .string()
      .max(100)
      .describe('The rule that spoke, such as `network.none` or `command.reverse-shell`'),
    boundary: z.enum([
      'command',
      'scope',
      'network',
      'model',
      'budget',
      'secret',
      'canary',
      'filesystem',
      'edit',
      'import',
    ]),
    what: z.string().max(2_000).describe('What was tried, in few words'),
    reason: z.string().max(2_000),
    remedy: z.string().max(2_000).optional().describe('The smallest change that would allow it'),
  })
  .meta({ id: 'Refusal' })

export type Refusal = z.infer<typeof Refusal>
