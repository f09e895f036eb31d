import { z } from 'zod'
import { Grant } from '#policy/grant.ts'

/** What the guest program reads from its standard input, once. Everything in it may be read by the model. */
export const Brief = z.strictObject({
  version: z.literal(1),
  workspace: z.string().startsWith('/'),
  /** Unix socket of the model gateway: the only way out of the sandbox. */
  socket: z.string().startsWith('/'),
  /** Where the model is instead, for whoever runs this agent without a gateway's socket; without the API version. */
  baseUrl: z.url({ protocol: /^https?$/ }).exactOptional(),
  model: z.strictObject({
    provider: z.string(),
    protocol: z.enum(['anthropic', 'openai-responses', 'openai-chat', 'gemini']),
    name: z.string().min(1),
  }),
  assignment: z.strictObject({
    intent: z.string().min(1),
    grant: Grant,
    feedback: z.string().optional(),
    canary: z.string().optional(),
  }),
})
export type Brief = z.infer<typeof Brief>
