import { z } from 'zod'

/** A provider of the installation, alone or with one of its models: `anthropic`, `openrouter/qwen/qwen3-coder`. */
const ProviderEntry = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,39}(\/\S{1,200})?$/, 'a provider, or provider/model')

/** Providers in the order they are asked: where one does not answer, the next that speaks the same protocol is. */
export const ProviderOrder = z
  .strictObject({
    order: z.array(ProviderEntry).max(50).describe('Empty means that none stands by for another'),
  })
  .meta({ id: 'ProviderOrder' })
export type ProviderOrder = z.infer<typeof ProviderOrder>

/** Which models the tasks of a project may use, and who answers where the chosen one does not. */
export const ModelPolicy = z
  .strictObject({
    allowed: z
      .array(ProviderEntry)
      .max(100)
      .describe('provider, provider/* or provider/model; empty means every one'),
    order: z.array(ProviderEntry).max(50).optional().describe("In place of the installation's order"),
  })
  .meta({ id: 'ModelPolicy' })
export type ModelPolicy = z.infer<typeof ModelPolicy>
