import { z } from 'zod'
import { BOUNDS } from './bounds.ts'

const Glob = z
  .string()
  .min(1)
  .max(BOUNDS.globCharacters)
  .describe("A glob relative to the repository's root, with forward slashes: `src/billing/**`")

/** Which paths a task may change. A path is in scope when an `include` glob matches it and no `exclude` glob does. */
export const Scope = z
  .strictObject({
    include: z.array(Glob).min(1).max(BOUNDS.globs),
    exclude: z.array(Glob).max(BOUNDS.globs).default([]),
  })
  .meta({ id: 'Scope' })

export type Scope = z.infer<typeof Scope>
