import { z } from 'zod'
import { Scope } from '#contract/scope.ts'

/** What the ACP guest program reads from its standard input, once. Everything in it may be read by the model. */
export const AcpBrief = z.strictObject({
  version: z.literal(1),
  workspace: z.string().startsWith('/'),
  /** Speaks the Agent Client Protocol on its standard input and output. */
  command: z.array(z.string()).min(1),
  prompt: z.string().min(1),
  scope: Scope,
  protectedPaths: z.array(z.string()),
})
export type AcpBrief = z.infer<typeof AcpBrief>
