import { isMap, isSeq, LineCounter, type Node, parseDocument } from 'yaml'
import { z } from 'zod'
import { ok, type Result, refused } from '#kernel/result.ts'
import { matching } from './custom-match.ts'
import type { CustomRule } from './custom-rule.ts'
import { readCommand } from './read.ts'

const LONGEST = 256 * 1024

const text = z.string().min(1).max(2_000)
const Rule = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9-]{0,60}$/, 'is small letters, digits and hyphens'),
  verdict: z.enum(['allow', 'ask', 'deny']),
  why: text,
  remedy: text.default('Ask whoever wrote the rule.'),
  programs: z.array(text).min(1).max(100),
  words: z.array(text).max(100).default([]),
  answers: z.array(z.string().startsWith('command.')).max(100).default([]),
  match: z.array(text).min(1).max(100),
  not_match: z.array(text).min(1).max(100),
})
const File = z.strictObject({ version: z.literal(1), rules: z.array(Rule).max(500) })

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
  const rules: CustomRule[] = []
  for (const [index, { not_match: notMatch, name, ...rest }] of parsed.data.rules.entries()) {
    const rule: CustomRule = { ...rest, name: `custom.${name}`, notMatch }
    const wrong = wrongExample(rule)
    if (wrong) return flaw(file, lineOf(['rules', index, wrong.list, wrong.at]), wrong.what)
    if (rule.verdict === 'allow' && rule.answers.length === 0)
      return flaw(
        file,
        lineOf(['rules', index]),
        `${name} allows, but does not say which questions it answers`,
      )
    if (rules.some((other) => other.name === rule.name))
      return flaw(file, lineOf(['rules', index]), `${name} stands twice`)
    rules.push(rule)
  }
  return ok(rules)
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
