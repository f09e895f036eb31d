import type { ScanFinding } from '#contract/scan-report.ts'
import { findingOf, fingerprinted, type Unprinted } from './finding.ts'
import { analyse } from './flow/analyse.ts'
import { searched } from './flow/search.ts'
import { type LanguageName, parseText, parsingOf } from './grammars.ts'
import { isHopeless } from './hopeless.ts'
import type { Language } from './language.ts'
import { languageRules } from './rules.ts'
import { isMinified, isTestPath, languageNamed, sourceKind } from './source-kind.ts'
import { suppressed, suppressionsOf } from './suppression.ts'
import { Reader, TooDeep } from './syntax/reader.ts'

export interface ScanItem {
  /** Where the text stands, or would stand; its name says the language when none is given. */
  readonly path: string
  readonly text: string
  readonly language?: string | undefined
}

export interface FileScan {
  readonly path: string
  readonly findings: readonly ScanFinding[]
  /** Why nothing, or not all, could be said of the file. */
  readonly incomplete?:
    | 'minified'
    | 'too_large'
    | 'too_deep'
    | 'too_complex'
    | 'binary'
    | 'unparsable'
    | undefined
  /** Nothing in the file runs. */
  readonly notCode?: true
}

const LARGEST = 12_000_000

/** Looks for what somebody could use against a program in one of its files. Never throws for what the text holds. */
export function scanFile(
  { path, text, language: named }: ScanItem,
  rulesOf: (folder: string) => Language = languageRules,
): FileScan {
  const kind = named === undefined ? sourceKind(path, text) : kindNamed(named)
  if (kind.kind !== 'code') return { path, findings: [], notCode: true }
  if (text.length > LARGEST) return { path, findings: [], incomplete: 'too_large' }
  if (text.includes('\0')) return { path, findings: [], incomplete: 'binary' }
  if (isMinified(text)) return { path, findings: [], incomplete: 'minified' }
  const { found, incomplete } = scanCode(path, text, kind.language, rulesOf)
  const lines = text.split('\n')
  const marked = suppressed(
    found(lines),
    text.includes('airlock-ignore') ? suppressionsOf(lines) : [],
    path,
    lines,
  )
  return { path, findings: fingerprinted(marked), ...(incomplete === undefined ? {} : { incomplete }) }
}

function kindNamed(name: string) {
  const language = languageNamed(name)
  return language === undefined ? ({ kind: 'other' } as const) : ({ kind: 'code', language } as const)
}

interface Found {
  readonly found: (lines: readonly string[]) => Unprinted[]
  readonly incomplete?: FileScan['incomplete']
}

const NOTHING_FOUND: Found = { found: () => [] }

function scanCode(
  path: string,
  given: string,
  language: LanguageName,
  rulesOf: (folder: string) => Language,
): Found {
  const { grammar, rules: folder } = parsingOf(language)
  const rules = rulesOf(folder)
  const sources = [...given.matchAll(rules.sourceWords)].map((match) => match.index)
  const words = sources.length === 0 ? rules.wordsWithoutSources : rules.words
  const hits = [...given.matchAll(words)].map((match) => match.index)
  if (hits.length === 0) return NOTHING_FOUND
  // A piece of PHP without its tag would read as text.
  const shift = language === 'php' && !given.includes('<?') ? PHP_TAG.length : 0
  const text = shift > 0 ? PHP_TAG + given : given
  const moved = (places: readonly number[]) => (shift > 0 ? places.map((at) => at + shift) : places)
  const [hitsAt, sourcesAt] = [moved(hits), moved(sources)]
  try {
    if (isHopeless(language, text)) return { ...NOTHING_FOUND, incomplete: 'unparsable' }
    const root = parseText(language, text)
    if (root.kind() === 'ERROR' && root.namedChildren().length < 2)
      return { ...NOTHING_FOUND, incomplete: 'unparsable' }
    const { sights, cutOff } = analyse({
      language: rules,
      text,
      body: new Reader(grammar).statement(root),
      holds: (from, to) => anyBetween(hitsAt, from, to),
      hasSource: (from, to) => anyBetween(sourcesAt, from, to),
    })
    const all = [...sights, ...searched(rules, text, () => root)]
    return {
      found: (lines) =>
        all
          .map((sight) => findingOf(sight, path, lines))
          .map((finding) => (isTestPath(path) ? inTest(finding) : finding)),
      ...(cutOff ? { incomplete: 'too_complex' } : {}),
    }
  } catch (error) {
    if (error instanceof TooDeep || error instanceof RangeError)
      return { ...NOTHING_FOUND, incomplete: 'too_deep' }
    throw error
  }
}

const PHP_TAG = '<?php '

/** Whether one of the ordered places lies in `[from, to)`. */
function anyBetween(places: readonly number[], from: number, to: number): boolean {
  let low = 0
  let high = places.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((places[middle] ?? 0) < from) low = middle + 1
    else high = middle
  }
  const found = places[low]
  return found !== undefined && found < to
}

const HARMLESS_IN_TESTS = new Set([
  'hardcoded-credentials',
  'weak-random',
  'weak-hash',
  'insecure-temp-file',
  'tls-verification',
  'log-injection',
  'file-permissions',
  'insecure-cookie',
  'debug-enabled',
])

function inTest(finding: Unprinted): Unprinted {
  return HARMLESS_IN_TESTS.has(finding.class) ? { ...finding, severity: 'low' } : finding
}
