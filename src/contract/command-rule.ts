import { z } from 'zod'

const text = z.string().min(1).max(2_000)

/** A rule of the command guard that people write themselves (docs/guards.md); its examples are judged where it is read. */
export const CommandRule = z
  .strictObject({
    name: z.string().regex(/^[a-z][a-z0-9-]{0,60}$/, 'is small letters, digits and hyphens'),
    verdict: z.enum(['allow', 'ask', 'deny']),
    why: text,
    remedy: text.default('Ask whoever wrote the rule.'),
    programs: z
      .array(text)
      .min(1)
      .max(100)
      .describe('One must fit the name of the program; * and ? are wildcards'),
    words: z.array(text).max(100).default([]).describe('Each must fit some word after it'),
    answers: z
      .array(z.string().regex(/^command\./, 'the name of a rule of Airlock'))
      .max(100)
      .default([])
      .describe('Of an allowing rule: the rules whose questions it answers'),
    match: z.array(text).min(1).max(100),
    not_match: z.array(text).min(1).max(100),
  })
  .meta({ id: 'CommandRule' })

export type CommandRule = z.infer<typeof CommandRule>
