import type { TamperFinding } from '#contract/gate-report.ts'
import { type ChangedFile, tampering } from './changed-file.ts'

const SETTINGS = [
  'jest',
  'vitest',
  'mocha',
  'ava',
  'nyc',
  'c8',
  'tap',
  'eslintConfig',
  'eslintIgnore',
  'prettier',
  'lint-staged',
  'overrides',
  'resolutions',
  'packageManager',
  'pnpm',
]
const LIFECYCLE = [
  'preinstall',
  'install',
  'postinstall',
  'preprepare',
  'prepare',
  'postprepare',
  'prepublish',
]

type Fields = Readonly<Record<string, unknown>>

/** Scripts and settings of checks in a package.json; its other fields are nobody's exam. */
export function packageManifestChanges({ change, before, after }: ChangedFile): TamperFinding[] {
  const { path } = change
  if (!/(?:^|\/)package\.json$/.test(path) || /(?:^|\/)node_modules\//.test(path)) return []
  if (change.kind === 'added' || change.kind === 'deleted')
    return [tampering('gate-configuration', path, `package.json is ${change.kind}.`)]
  const [was, is] = [parse(before), parse(after)]
  if (was === undefined || is === undefined)
    return [tampering('gate-configuration', path, 'package.json is changed, and cannot be read.')]
  const settings = SETTINGS.filter((key) => !same(was[key], is[key])).map((key) =>
    tampering('gate-configuration', path, `The field "${key}" is changed.`),
  )
  return [...settings, ...scriptChanges(path, fields(was.scripts), fields(is.scripts))]
}

/** A new script is harmless until something calls it, unless a package manager does so by itself. */
function scriptChanges(path: string, was: Fields, is: Fields): TamperFinding[] {
  const names = [...new Set([...Object.keys(was), ...Object.keys(is)])]
  return names.flatMap((name) => {
    if (same(was[name], is[name])) return []
    if (LIFECYCLE.includes(name) && name in is)
      return [
        tampering(
          'install-script',
          path,
          `The script "${name}" runs by itself at installation: ${shown(is[name])}`,
        ),
      ]
    const wraps = /^(?:pre|post)/.test(name) && name.replace(/^(?:pre|post)/, '') in is
    if (!(name in was) && !wraps) return []
    const what = name in is ? `becomes: ${shown(is[name])}` : 'is removed.'
    return [tampering('gate-configuration', path, `The script "${name}" ${what}`)]
  })
}

function parse(text: string | undefined): Fields | undefined {
  try {
    const value: unknown = JSON.parse(text ?? '')
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Fields)
      : undefined
  } catch {
    return undefined
  }
}

function fields(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {}
}

/** What nests so deep that it cannot be written out is nobody's configuration, and counts as changed. */
function same(one: unknown, other: unknown): boolean {
  try {
    return JSON.stringify(one) === JSON.stringify(other)
  } catch {
    return false
  }
}

/** What a field holds, for the message; a hostile one may have no text at all. */
function shown(value: unknown): string {
  return typeof value === 'string' ? value : `no text but ${Array.isArray(value) ? 'a list' : typeof value}`
}
