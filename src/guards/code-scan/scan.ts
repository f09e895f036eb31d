import { analyse } from './flow/analyse.ts'
import type { Sight } from './flow/analysis.ts'
import { searched } from './flow/search.ts'
import { type LanguageName, parseText, parsingOf } from './grammars.ts'
import { languageRules } from './rules.ts'
import { Reader } from './syntax/reader.ts'

export function scanSource(language: LanguageName, given: string): { sights: readonly Sight[]; cutOff: boolean } {
  const { grammar, rules: folder } = parsingOf(language)
  const rules = languageRules(folder)
  const hits = [...given.matchAll(rules.words)].map((match) => match.index)
  if (hits.length === 0) return { sights: [], cutOff: false }
  const root = parseText(language, given)
  const reader = new Reader(grammar)
  const analysed = analyse({ language: rules, text: given, body: reader.statement(root), holds: (from, to) => hits.some((at) => at >= from && at < to) })
  return { sights: [...analysed.sights, ...searched(rules, given, () => root)], cutOff: analysed.cutOff }
}
