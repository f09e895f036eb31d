import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import { Lang, parse } from '@ast-grep/napi'
import type { checkSync } from 'recheck'
import { expect, it } from 'vitest'
import { parseRules } from '#guards/code-scan/rules.ts'
import { UNSPACED_PATTERN } from '#guards/injection/read.ts'
import { PERSONAL_RULES } from '#guards/personal-data/rules.ts'
import { TOKEN_RULES } from '#guards/secrets/rules.ts'
import { shapesPattern } from '#guards/secrets/shape.ts'

const RECHECK = '4.5.0'
const GUARDS = resolve(import.meta.dirname, '../../src/guards')
/** Digests of what was found linear before: the search takes seconds for a long expression. A run outside CI adds to it. */
const LEDGER = resolve(import.meta.dirname, 'linear-expressions.json')
/** A search by trial needs far less than the defaults to find a quadratic expression of the size we write. */
const EFFORT = {
  timeout: 30_000,
  attackTimeout: 300,
  attackLimit: 100_000_000,
  incubationTimeout: 50,
  maxIteration: 4,
  crossoverSize: 8,
  mutationSize: 8,
  maxInitialGenerationSize: 150,
  maxGenerationSize: 40,
} as const

it('has no regular expression that takes more than linear time on hostile text', () => {
  const check = pureCheck()
  const known = new Set<string>(JSON.parse(readFileSync(LEDGER, 'utf8')))
  const linear = new Set<string>()
  const slow: string[] = []
  for (const { file, source, flags } of [...expressions(), ...ruleExpressions(), ...builtExpressions()]) {
    if (!repeats(source)) continue
    const digest = createHash('sha256').update(`${RECHECK}/${source}/${flags}`).digest('base64url')
    if (known.has(digest) || linear.has(digest)) linear.add(digest)
    else {
      const found = check(source, flags.replace('d', ''), EFFORT)
      if (found.status === 'safe') linear.add(digest)
      else
        slow.push(
          `${file} /${source}/${flags} ${found.status === 'vulnerable' ? found.complexity.summary : 'cannot be told: make it simpler'}`,
        )
    }
  }
  if (process.env.CI === undefined) writeFileSync(LEDGER, `${JSON.stringify([...linear].sort(), null, 2)}\n`)
  expect(slow).toEqual([])
  expect(linear.size).toBeGreaterThan(50)
})

it('builds expressions only where the test above sees them', () => {
  const building = sources().filter(
    ({ text }) =>
      parse(Lang.TypeScript, text)
        .root()
        .findAll({ rule: { any: [{ pattern: 'new RegExp($$$)' }, { pattern: 'RegExp($$$)' }] } }).length > 0,
  )
  expect(building.map(({ file }) => file).sort()).toEqual([
    'code-scan/flow/conditions-of-rules.ts',
    'code-scan/flow/functions.ts',
    'code-scan/words.ts',
    'injection/read.ts',
    'personal-data/rules/life.ts',
    'secrets/shape.ts',
  ])
})

it('finds what is slow', () => {
  const { status } = pureCheck()('^(a+)+$', '', EFFORT)
  expect(status).toBe('vulnerable')
})

/** The build of recheck that starts no other process. */
function pureCheck(): typeof checkSync {
  process.env.RECHECK_BACKEND = 'pure'
  return createRequire(import.meta.url)('recheck').checkSync
}

function sources(): { file: string; text: string }[] {
  return readdirSync(GUARDS, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => ({ file, text: readFileSync(join(GUARDS, file), 'utf8') }))
}

function expressions(): { file: string; source: string; flags: string }[] {
  return sources().flatMap(({ file, text }) =>
    parse(Lang.TypeScript, text)
      .root()
      .findAll({ rule: { kind: 'regex' } })
      .map((node) => {
        const literal = node.text()
        const end = literal.lastIndexOf('/')
        return { file, source: literal.slice(1, end), flags: literal.slice(end + 1) }
      }),
  )
}

/** The expressions that are put together when the guards are loaded. */
function builtExpressions(): { file: string; source: string; flags: string }[] {
  const built = (file: string, { source, flags }: RegExp) => ({ file, source, flags })
  return [
    built('injection/read.ts', UNSPACED_PATTERN),
    ...PERSONAL_RULES.map(({ rule, pattern }) => built(rule, pattern)),
    ...TOKEN_RULES.map(({ name, shapes }) => built(name, shapesPattern(shapes))),
  ]
}

/** The expressions in the data files of the code scan. */
function ruleExpressions(): { file: string; source: string; flags: string }[] {
  const found: { file: string; source: string; flags: string }[] = []
  const visit = (file: string, value: unknown, key = ''): void => {
    if (Array.isArray(value)) for (const each of value) visit(file, each, key)
    else if (typeof value === 'object' && value !== null)
      for (const [name, each] of Object.entries(value)) visit(file, each, name)
    else if (typeof value === 'string' && !value.startsWith('@')) {
      const inWords = key === 'words' && value.length > 2 && value.startsWith('/') && value.endsWith('/')
      if (inWords) found.push({ file, source: value.slice(1, -1), flags: 'g' })
      else if (EXPRESSION_KEYS.has(key))
        found.push(
          value.startsWith('(?i)')
            ? { file, source: value.slice(4), flags: 'i' }
            : { file, source: value, flags: '' },
        )
    }
  }
  for (const file of readdirSync(GUARDS, { recursive: true, encoding: 'utf8' }))
    if (file.startsWith('code-scan/rules/') && file.endsWith('.yaml'))
      visit(file, parseRules(readFileSync(join(GUARDS, file), 'utf8')))
  return found
}

const EXPRESSION_KEYS = new Set(
  'matches notMatches path near notNear inFunction notInFunction inFile notInFile after notAfter prefix notPrefix target notTypes notNames functions'.split(
    ' ',
  ),
)

/** An expression that repeats nothing without end takes at most its own length for each character. */
function repeats(source: string): boolean {
  return /[*+]|\{\d+,\}/.test(source.replaceAll(/\\./g, '').replaceAll(/\[[^\]]*\]/g, 'x'))
}
