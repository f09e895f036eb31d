import { z } from 'zod'
import { BOUNDS } from './bounds.ts'
import { ScanFinding, ScanSeverity } from './scan-report.ts'

/** A command that is to be judged before it runs; nothing is run. */
export const CommandQuestion = z
  .strictObject({
    command: z.string().max(BOUNDS.guardedCommandCharacters),
    workspace: z
      .string()
      .max(4_096)
      .regex(/^\//, 'it is an absolute path')
      .default('/workspace')
      .describe('The directory the command would run in'),
    phase: z.enum(['prepare', 'run', 'check']).optional().describe('In `prepare`, software may be installed'),
  })
  .meta({ id: 'CommandQuestion' })

const CommandFinding = z.strictObject({
  rule: z.string(),
  class: z.string(),
  verdict: z.enum(['ask', 'deny']),
  reason: z.string(),
  remedy: z.string(),
  span: z.strictObject({ start: z.number().int(), end: z.number().int() }).optional(),
  line: z.number().int().optional(),
})

export const CommandAnswer = z
  .strictObject({
    verdict: z.enum(['allow', 'ask', 'deny']),
    class: z.string().nullable(),
    rule: z.string().nullable(),
    reason: z.string().nullable(),
    remedy: z.string().optional(),
    line: z.number().int().optional().describe('Counts from 1'),
    findings: z.array(CommandFinding),
  })
  .meta({ id: 'CommandAnswer' })

const Guard = z.enum(['injection', 'secrets', 'personal-data'])

/** A text that is to be looked at for injected orders, secrets and personal data; nothing of it is kept. */
export const TextQuestion = z
  .strictObject({
    text: z.string().max(BOUNDS.guardedTextCharacters),
    guards: z.array(Guard).min(1).max(3).optional().describe('All if not said'),
    provenance: z
      .enum(['user', 'repository', 'web', 'tool', 'issue'])
      .optional()
      .describe('Who wrote the text; the web if not said'),
  })
  .meta({ id: 'TextQuestion' })

export const TextAnswer = z
  .strictObject({
    verdict: z.enum(['allow', 'flag']),
    guard: Guard.optional(),
    class: z.string().optional(),
    rule: z.string().optional(),
    reason: z.string().optional(),
    line: z.number().int().optional().describe('Counts from 1'),
    score: z.number().optional().describe('Of the injection guard, from 0 to 1'),
    signals: z.array(z.strictObject({ rule: z.string(), weight: z.number() })).optional(),
    findings: z.array(
      z.strictObject({
        guard: Guard,
        class: z.string(),
        rule: z.string(),
        reason: z.string(),
        line: z.number().int(),
        confidence: z.enum(['high', 'medium', 'low']),
      }),
    ),
  })
  .meta({ id: 'TextAnswer' })

/** A file that is to be looked at for what somebody could use against the program, and for secrets; nothing of it is kept. */
export const ScanQuestion = z
  .strictObject({
    path: z
      .string()
      .min(1)
      .max(1_000)
      .describe('What it is called: its end says the language, and whether it is a test'),
    text: z.string().max(BOUNDS.guardedTextCharacters),
    lang: z.string().max(40).optional().describe('Its language, where the path does not say it'),
  })
  .meta({ id: 'ScanQuestion' })

export type ScanQuestion = z.infer<typeof ScanQuestion>

export const ScanAnswer = z
  .strictObject({
    verdict: z.enum(['allow', 'flag']),
    class: z.string().nullable(),
    rule: z.string().nullable(),
    reason: z.string().nullable(),
    cwe: z.int().optional(),
    severity: ScanSeverity.optional(),
    line: z.int().optional().describe('Counts from 1'),
    findings: z
      .array(ScanFinding)
      .describe('Of medium weight or more, and for which no comment gives a reason'),
    minor: z.int().describe('Findings of low weight'),
  })
  .meta({ id: 'ScanAnswer' })

export type ScanAnswer = z.infer<typeof ScanAnswer>
