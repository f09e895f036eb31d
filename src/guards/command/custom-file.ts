import { isMap, isSeq, LineCounter, type Node, parseDocument } from 'yaml'
import { z } from 'zod'
import { CommandRule } from '#contract/command-rule.ts'
import { ok, type Result, refused } from '#kernel/result.ts'
import { matching } from './custom-match.ts'
import type { CustomRule } from './custom-rule.ts'
import { readCommand } from './read.ts'

const LONGEST = 256 * 1024

const File = z.strictObject({ version: z.literal(1), rules: z.array(CommandRule).max(500) })

/**
 * Reads a file of rules, and judges the examples of each: a rule that does not do what its examples say is an error, with
 * its line. So is a rule without a verdict; nothing is ever allowed by leaving something out.
 */
export function parseCustomRules(source: string, file: string): Result<readonly CustomRule[]> {
  if (source.length > LONGEST) return flaw(file, 1, `the file is longer than ${LONGEST} characters`)
  const lines = new LineCounter()
  const document = parseDocument(source, { lineCounter: lines, uniqueKeys: true, maxAliasCount: 0 } as never)
  const lineOf = (path: readonly (string | number)[]) => lines.linePos(offsetOf(document.contents, path)).line
  const [broken] = document.errors
  if (broken) return flaw(file, lines.linePos(broken.pos[0]).line, firstLine(broken.message))
  const parsed = File.safeParse(document.toJS({ maxAliasCount: 0 }))
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    const path = (issue?.path ?? []).filter((part) => typeof part !== 'symbol')
    return flaw(
      file,
      lineOf(path),
      `${path.join('.') || 'the file'}: ${issue?.message ?? 'is not a file of rules'}`,
    )
  }
  const checked = checkedRules(parsed.data.rules)
  return 'wrong' in checked ? flaw(file, lineOf(['rules', ...checked.at]), checked.wrong) : ok(checked.rules)
}

/** What a rule does that it should not, or the other way round, and where among the rules that stands. */
interface Flaw {
  readonly at: readonly (string | number)[]
  readonly wrong: string
}

/** Judges the examples of rules that have the right form. */
export function checkedRules(
  given: readonly CommandRule[],
): Flaw | { readonly rules: readonly CustomRule[] } {
  const rules: CustomRule[] = []
  for (const [index, { not_match: notMatch, name, ...rest }] of given.entries()) {
    const rule: CustomRule = { ...rest, name: `custom.${name}`, notMatch }
    const wrong = wrongExample(rule)
    if (wrong) return { at: [index, wrong.list, wrong.at], wrong: wrong.what }
    if (rule.verdict === 'allow' && rule.answers.length === 0)
      return { at: [index], wrong: `${name} allows, but does not say which questions it answers` }
    if (rules.some((other) => other.name === rule.name)) return { at: [index], wrong: `${name} stands twice` }
    rules.push(rule)
  }
  return { rules }
}

function wrongExample(
  rule: CustomRule,
): { list: 'match' | 'not_match'; at: number; what: string } | undefined {
  const speaks = (example: string) => matching(rule, readCommand(example)).length > 0
  const silent = rule.match.findIndex((example) => !speaks(example))
  if (silent >= 0)
    return {
      list: 'match',
      at: silent,
      what: `${rule.name.slice(7)} does not match its example \`${rule.match[silent]}\``,
    }
  const loud = rule.notMatch.findIndex(speaks)
  if (loud < 0) return undefined
  return {
    list: 'not_match',
    at: loud,
    what: `${rule.name.slice(7)} matches \`${rule.notMatch[loud]}\`, which it must not`,
  }
}

/** Where the deepest part of a path that exists begins. */
function offsetOf(node: unknown, path: readonly (string | number)[]): number {
  let current = node as Node | null
  for (const part of path) {
    const next = isMap(current) || isSeq(current) ? (current.get(part, true) as Node | undefined) : undefined
    if (!next) break
    current = next
  }
  return current?.range?.[0] ?? 0
}

function firstLine(message: string): string {
  return message.split('\n')[0] ?? message
}

function flaw(file: string, line: number, what: string): Result<never> {
  return refused({
    code: 'invalid_configuration',
    message: `${file}:${line}: ${what}.`,
    rule: 'guard.rules',
    remedy: 'docs/guards.md shows a rule with all its parts.',
    details: { file, line },
  })
}
