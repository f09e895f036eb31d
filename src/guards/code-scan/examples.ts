import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import type { ScanRule } from './rule.ts'
import { parseRules } from './rules.ts'

const RULES = join(import.meta.dirname, 'rules')

/** A rule with what it must find and what it must leave alone, out of its data file. */
export interface ExampledRule {
  readonly language: string
  readonly rule: ScanRule
  readonly finds: readonly string[]
  readonly leaves: readonly string[]
}

/** The rules of every language with their examples, which stand behind the first `---` of a data file. */
export function exampledRules(): ExampledRule[] {
  return readdirSync(RULES).flatMap((language) =>
    readdirSync(join(RULES, language)).flatMap((file) => {
      const text = readFileSync(join(RULES, language, file), 'utf8')
      const examples = parse(text.split('\n---\n')[1] ?? '') ?? {}
      return parseRules(text).rules.map((rule) => ({
        language,
        rule,
        finds: (examples[rule.id]?.finds ?? []).map(String),
        leaves: (examples[rule.id]?.leaves ?? []).map(String),
      }))
    }),
  )
}
