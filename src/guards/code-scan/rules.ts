import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { CLASS_TITLE } from './class.ts'
import { compileLanguage, type Language } from './language.ts'
import type { Model, ScanRule } from './rule.ts'

const RULES = join(import.meta.dirname, 'rules')
const loaded = new Map<string, Language>()

/** The rules and models of a language, read once from its folder and from the one for all languages. */
export function languageRules(name: string): Language {
  const known = loaded.get(name)
  if (known !== undefined) return known
  const made = languageWith(name, () => true)
  loaded.set(name, made)
  return made
}

/** A language with only those of its rules that are wanted: how a test learns what a rule is good for. */
export function languageWith(name: string, wanted: (rule: ScanRule) => boolean): Language {
  const files = filesOf(name)
  return compileLanguage(
    files.flatMap(({ rules }) => rules).filter(wanted),
    files.flatMap(({ model }) => (model === undefined ? [] : [model])),
    name !== 'ruby',
  )
}

interface RuleFile {
  readonly rules: readonly ScanRule[]
  readonly model: Partial<Model> | undefined
}

function filesOf(name: string): RuleFile[] {
  const folder = join(RULES, name)
  return readdirSync(folder)
    .filter((file) => file.endsWith('.yaml'))
    .sort()
    .map((file) => parseRules(readFileSync(join(folder, file), 'utf8')))
}

/** A rule file up to its examples, which only tests read. */
export function parseRules(text: string): RuleFile {
  const [head = ''] = text.split('\n---\n')
  const { rules = [], model } = parse(head) as { rules?: ScanRule[]; model?: Partial<Model> }
  return { rules: rules.map((rule) => ({ ...rule, cwe: rule.cwe ?? CLASS_TITLE[rule.class][1] })), model }
}
