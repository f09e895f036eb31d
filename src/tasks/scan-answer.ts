import { z } from 'zod'
import { ScanSeverity } from '#contract/scan-report.ts'

const Place = z.int().min(1).max(100_000_000)
const Count = z.int().min(0).max(100_000_000)
/** Half a pair of surrogates has no canonical form, and the report is signed. */
const text = (most: number) =>
  z
    .string()
    .max(most)
    .transform((words) => words.toWellFormed())
const Name = z.string().regex(/^[a-z][a-z0-9_.-]{0,119}$/)

/**
 * What the sandbox says of one file, as src/sandbox/guest/scan-change.ts writes it. Who breaks a parser writes this line: so each part is
 * bounded, and whose file it is the host knows better.
 */
export const ScanAnswer = z.strictObject({
  findings: z
    .array(
      z.strictObject({
        fingerprint: z.string().regex(/^sha256:[0-9a-f]{64}$/),
        tool: z.literal('airlock'),
        rule: Name,
        class: Name,
        cwe: z.int().min(1).max(9_999).optional(),
        severity: ScanSeverity.exclude(['low']),
        line: Place,
        column: Place,
        endLine: Place,
        endColumn: Place,
        symbol: text(200).optional(),
        message: text(2_000),
        fix: text(2_000),
        snippet: text(200),
        flow: z.array(z.strictObject({ line: Place, column: Place, what: text(200) })).max(30),
        suppressed: text(400).optional(),
      }),
    )
    .max(200),
  more: Count,
  minor: Count,
  standing: Count,
})

export type ScanAnswer = z.infer<typeof ScanAnswer>

/** The whole lines of an output, at most so many and up to the first that is none of ours: no other is made into a text. */
export function scanAnswers(output: Buffer, most: number): readonly ScanAnswer[] {
  const answers: ScanAnswer[] = []
  let from = 0
  while (answers.length < most) {
    const end = output.indexOf(0x0a, from)
    const answer = end < 0 ? undefined : answerIn(output.toString('utf8', from, end))
    if (answer === undefined) break
    answers.push(answer)
    from = end + 1
  }
  return answers
}

function answerIn(line: string): ScanAnswer | undefined {
  try {
    return ScanAnswer.safeParse(JSON.parse(line)).data
  } catch {
    return undefined
  }
}
