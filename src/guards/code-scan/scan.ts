import type { ScanFinding } from '#contract/scan-report.ts'
import { findingOf, fingerprinted, type Unprinted } from './finding.ts'
import { analyse } from './flow/analyse.ts'
import { maySee, searched as searchedFor } from './flow/search.ts'
import { type LanguageName, parseText, parsingOf } from './grammars.ts'
import { isHopeless } from './hopeless.ts'
import type { Language } from './language.ts'
import { Places } from './places.ts'
import { plainlySpelled } from './plainly-spelled.ts'
import { languageRules } from './rules.ts'
import {
  isMinified,
  isTestPath,
  isTranslationPath,
  languageNamed,
  type SourceKind,
  sourceKind,
} from './source-kind.ts'
import { type NotScanned, suppressed, suppressionsOf } from './suppression.ts'
import { Reader, TooDeep } from './syntax/reader.ts'
import { scanTemplate, scriptIn } from './template.ts'

export interface ScanItem {
  /** Where the text stands, or would stand; its name says the language when none is given. */
  readonly path: string
  readonly text: string
  readonly language?: string | undefined
  /** Code of more characters is not followed. */
  readonly longest?: number
}

export interface FileScan {
  readonly path: string
  readonly findings: readonly ScanFinding[]
  /** Why nothing, or not all, could be said of the file. */
  readonly incomplete?: NotScanned | undefined
  /** Nothing in the file runs. */
  readonly notCode?: true
}

/** Nothing is looked for in a longer text. */
export const LARGEST = 12_000_000

/** Looks for what somebody could use against a program in one of its files. Never throws for what the text holds. */
export function scanFile(
  { path, text, language: named, longest = LARGEST }: ScanItem,
  rulesOf: (folder: string) => Language = languageRules,
): FileScan {
  const kind = named === undefined ? sourceKind(path, text) : kindNamed(named)
  if (kind.kind === 'template') return scanPage(path, text, rulesOf)
  if (kind.kind !== 'code') return { path, findings: [], notCode: true }
  if (text.length > longest) return { path, findings: [], incomplete: 'too_large' }
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

const LARGEST_PAGE = 2_000_000

/** A page or template: what it puts in without escaping, and the scripts that stand in it. */
function scanPage(path: string, text: string, rulesOf: (folder: string) => Language): FileScan {
  // Reports that programs make are pages as well; nobody is kept from a change by them.
  if (text.length > LARGEST_PAGE || text.includes('\0')) return { path, findings: [], notCode: true }
  const lines = text.split('\n')
  const script = scriptIn(text)
  const inScript =
    script === undefined
      ? NOTHING_FOUND
      : scanCode(path, script.text, script.typed ? 'typescript' : 'javascript', rulesOf)
  const all = [...scanTemplate(rulesOf('template'), path, lines), ...inScript.found(lines)]
  const asked = text.includes('airlock-ignore') ? suppressionsOf(lines) : []
  return { path, findings: fingerprinted(suppressed(all, asked, path, lines)) }
}

function kindNamed(name: string): SourceKind {
  if (name.toLowerCase() === 'template') return { kind: 'template' }
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
  written: string,
  language: LanguageName,
  rulesOf: (folder: string) => Language,
): Found {
  const given = plainlySpelled(language, written)
  if (given === undefined) return { ...NOTHING_FOUND, incomplete: 'disguised' }
  const { grammar, rules: folder } = parsingOf(language)
  const rules = rulesOf(folder)
  const hits = rules.words.hits(given)
  const sources = hits.far.length === 0 ? [] : rules.words.sources(given)
  const followed = hits.near.length > 0 || sources.length > 0
  const searched = rules.searches.some((one) => maySee(one, given))
  if (!followed && !searched) return NOTHING_FOUND
  // A piece of PHP without its tag would read as text.
  const shift = language === 'php' && !given.includes('<?') ? PHP_TAG.length : 0
  const text = shift > 0 ? PHP_TAG + given : given
  const places = new Places(text, shift, hits, sources)
  try {
    if (isHopeless(language, text)) return { ...NOTHING_FOUND, incomplete: 'unparsable' }
    const root = parseText(language, text)
    if (root.kind() === 'ERROR' && root.namedChildren().length < 2)
      return { ...NOTHING_FOUND, incomplete: 'unparsable' }
    const { sights, cutOff } = analyse({
      language: rules,
      text,
      // A file that only a search speaks of need not be followed.
      body: followed ? new Reader(grammar, (node) => places.isIdle(node)).statement(root) : [],
      holds: (from, to) => places.hasHit(from, to),
      holdsFar: (from, to) => places.hasFarHit(from, to),
      hasSource: (from, to) => places.hasSource(from, to),
    })
    const all = [...sights, ...searchedFor(rules, text, () => root)]
    return {
      found: (lines) =>
        all
          .map((sight) => findingOf(sight, path, lines))
          .filter(({ class: kind }) => kind !== 'hardcoded-credentials' || !isTranslationPath(path))
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
