import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import { Lang, parse } from '@ast-grep/napi'
import type { checkSync } from 'recheck'
import { expect, it } from 'vitest'

const GUARDS = resolve(import.meta.dirname, '../../src/guards')
/** What was found safe before, so that only new expressions take their fraction of a second. */
const KNOWN = resolve(import.meta.dirname, '../../node_modules/.cache/linear-expressions.json')
/** Sticky expressions out of tables of this repository; tests of their own bound them. */
const MADE_OF_CONSTANTS = ['secrets/shape.ts']
/** A search by trial needs far less than the defaults to find a quadratic expression of the size we write. */
const EFFORT = {
  timeout: 8_000,
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
  const verdicts = known()
  const slow: string[] = []
  for (const { file, source, flags } of expressions()) {
    const literal = `/${source}/${flags}`
    if (!repeats(source)) continue
    let verdict = verdicts.get(literal)
    if (verdict === undefined) {
      const { status, complexity } = check(source, flags.replace('d', ''), EFFORT)
      verdict = status === 'safe' ? 'safe' : `${status}: ${complexity?.summary ?? 'not known'}`
      verdicts.set(literal, verdict)
    }
    if (verdict !== 'safe') slow.push(`${file} ${literal} ${verdict}`)
  }
  remember(verdicts)
  expect(slow).toEqual([])
  expect(verdicts.size).toBeGreaterThan(20)
})

it('finds what is slow', () => {
  const { status } = pureCheck()('^(a+)+$', '', EFFORT)
  expect(status).toBe('vulnerable')
})

it('makes no regular expression at run time, but for what is made of constants', () => {
  const made = sources().filter(({ text }) => /\bnew RegExp\(|[^.\w]RegExp\(/.test(text))
  expect(made.map(({ file }) => file)).toEqual(MADE_OF_CONSTANTS)
})

/** The build of recheck that starts no other process. */
function pureCheck(): typeof checkSync {
  process.env.RECHECK_BACKEND = 'pure'
  return createRequire(import.meta.url)('recheck').checkSync
}

function known(): Map<string, string> {
  return new Map(existsSync(KNOWN) ? JSON.parse(readFileSync(KNOWN, 'utf8')) : [])
}

function remember(verdicts: ReadonlyMap<string, string>): void {
  mkdirSync(dirname(KNOWN), { recursive: true })
  writeFileSync(KNOWN, JSON.stringify([...verdicts].filter(([, verdict]) => verdict === 'safe')))
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

/** An expression that repeats nothing without end takes at most its own length for each character. */
function repeats(source: string): boolean {
  return /[*+]|\{\d+,\}/.test(source.replaceAll(/\\./g, '').replaceAll(/\[[^\]]*\]/g, 'x'))
}
