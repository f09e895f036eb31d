import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { diffText, hunkLabel } from '#cli/render/diff.ts'
import { eventLines } from '#cli/render/event-lines.ts'
import { failureText } from '#cli/render/failure.ts'
import { taskDetail } from '#cli/render/task-detail.ts'
import { taskTable } from '#cli/render/task-table.ts'
import { manyLines, oneLine, safeJson, shortened } from '#cli/terminal/safe-text.ts'
import { PLAIN } from '#cli/terminal/screen.ts'
import { FAILURE_CODES } from '#kernel/failure.ts'
import { splitPatch } from '#review/patch-text.ts'
import { anEvent, aTask } from '../http/fake-application.ts'

const DANGEROUS = /(?![\n\t])[\p{Cc}\p{Bidi_Control}\p{Default_Ignorable_Code_Point}]/u

const hostile = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    '\u001b]0;owned\u0007',
    '\u001b[2J\u001b[H',
    '\u009b31m',
    'a\rb',
    '\u202egnp.exe',
    '\u001bP+q\u001b\\',
    'a\u0000b',
    '\u{e0041}',
    'a\u00adb\u061cc\u3164d',
    '\u{e0100}\ufe0f',
  ),
)

describe('text of others', () => {
  test('as JSON says the same and carries nothing a terminal obeys', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        for (const indent of [undefined, 2]) {
          const json = safeJson({ [text]: [text] }, indent)
          expect(json).not.toMatch(DANGEROUS)
          expect(JSON.parse(json)).toEqual(JSON.parse(JSON.stringify({ [text]: [text] })))
        }
      }),
    )
  })

  test('never carries anything a terminal obeys', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        expect(oneLine(text)).not.toMatch(/[\n\t]/)
        expect(oneLine(text)).not.toMatch(DANGEROUS)
        expect(manyLines(text)).not.toMatch(DANGEROUS)
        expect([...shortened(text, 20)].length).toBeLessThanOrEqual(20)
      }),
    )
  })

  test('what is written out can be read', () => {
    expect(oneLine('a\u001b[31mb\nc\u202ed\u{e0041}')).toBe('a\\x1b[31mb\\x0ac\\u202ed\\u{e0041}')
    expect(oneLine('Grüße, 世界 ✓')).toBe('Grüße, 世界 ✓')
    expect(manyLines('a\r\nb\tc')).toBe('a\nb\tc')
  })

  test('no screen lets it through, wherever it stands', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        for (const screen of screensWith(text)) expect(screen).not.toMatch(DANGEROUS)
      }),
      { numRuns: 200 },
    )
  })
})

/** Every screen that shows an agent's, a repository's or a provider's text, with that text in each of its places. */
function screensWith(text: string): string[] {
  const look = { paint: PLAIN, now: 0, columns: 80 }
  const base = aTask(1)
  const cause = {
    code: FAILURE_CODES[0],
    message: text,
    rule: text,
    remedy: text,
    details: { [text]: text, b: [text] },
  }
  const refusal = { rule: text, boundary: 'command' as const, what: text, reason: text, remedy: text }
  const diagnostic = {
    tool: text,
    rule: text,
    file: text,
    line: 1,
    severity: 'error' as const,
    message: text,
    fingerprint: '',
  }
  const gate = {
    name: text,
    command: text,
    base: 'pass' as const,
    result: 'fail' as const,
    verdict: 'regressed' as const,
    new: [diagnostic],
    fixed: [],
    preExisting: [],
    flaky: [],
    seconds: 1,
    baseCached: false,
  }
  const file = {
    path: text,
    previousPath: text,
    kind: 'renamed' as const,
    oldMode: '',
    newMode: '',
    binary: false,
    additions: 1,
    deletions: 1,
  }
  const person = { id: text, name: text, email: text }
  const task = aTask(1, {
    intent: text,
    agent: text,
    model: text,
    cause,
    requester: person,
    base: { branch: text, commit: text },
    scope: { include: [text], exclude: [text] },
    attempts: base.attempts.map((attempt) => ({ ...attempt, agentSummary: text, refusals: [refusal] })),
    gates: {
      patch: '',
      gates: [gate],
      tampering: [{ rule: text, path: text, line: 1, message: text }],
      verdict: 'regressed',
      iteration: 1,
    },
    ...(base.patch && {
      patch: { ...base.patch, files: [file], undone: [{ path: text, rule: text, reason: text }] },
    }),
    publication: { branch: text, commit: text, pushed: true, approver: person, approval: text },
  })
  const body = text.split('\n').map((line) => `+${line}`)
  const patch = Buffer.from(
    `diff --git a/${text.replaceAll('\n', '')}\n@@ -0,0 +1,${body.length} @@ ${text.split('\n')[0]}\n${body.join('\n')}\n`,
  )
  return [
    taskTable([task], look),
    taskDetail(task, look),
    failureText(cause, PLAIN),
    diffText(patch, PLAIN),
    ...splitPatch(patch).flatMap((each) => each.hunks.map(hunkLabel)),
    ...[
      eventLines(anEvent(1, { kind: 'message', text }), PLAIN),
      eventLines(anEvent(1, { kind: 'step', step: text, note: text }), PLAIN),
      eventLines(anEvent(1, { kind: 'command', command: text, phase: 'run' }), PLAIN),
      eventLines(anEvent(1, { kind: 'file', action: 'edited', path: text }), PLAIN),
      eventLines(anEvent(1, { kind: 'refusal', refusal }), PLAIN),
      eventLines(anEvent(1, { kind: 'state', to: 'failed', cause }), PLAIN),
      eventLines(
        anEvent(1, {
          kind: 'gate',
          gate: text,
          side: 'base',
          outcome: text,
          diagnostics: 1,
          seconds: 1,
          cached: false,
        }),
        PLAIN,
      ),
    ].map((lines) => lines.join('\n')),
  ]
}
