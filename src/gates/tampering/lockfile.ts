import type { TamperFinding } from '#contract/gate-report.ts'
import { type ChangedFile, linesOnlyIn, type NumberedLine, tampering } from './changed-file.ts'

/** How the name of a package stands in each kind of lockfile; the first group is the name. */
const NAMES: Readonly<Record<string, RegExp>> = {
  'package-lock.json': /^ *"(?:.*node_modules\/)((?:@[^/"]+\/)?[^/"]+)": \{$/gm,
  'npm-shrinkwrap.json': /^ *"(?:.*node_modules\/)((?:@[^/"]+\/)?[^/"]+)": \{$/gm,
  'pnpm-lock.yaml': /^ {2}'?\/?((?:@[^/\s'"]+\/)?[^@\s'"/(]+)@\d[^:\n]*:(?: |$)/gm,
  'yarn.lock': /^"?((?:@[^/\s"]+\/)?[^@\s",#]+)@[^\n]*:$/gm,
  'Cargo.lock': /^name = "([^"\n]+)"$/gm,
  'poetry.lock': /^name = "([^"\n]+)"$/gm,
  'uv.lock': /^name = "([^"\n]+)"$/gm,
  'go.sum': /^(\S+) v\S+ h1:/gm,
  'Gemfile.lock': /^ {4}([\w.-]+) \(/gm,
}
const OTHER_LOCKFILES = /(?:^|\/)(?:bun\.lockb?|Pipfile\.lock|composer\.lock|deno\.lock|flake\.lock)$/
const REGISTRIES =
  /^https:\/\/(?:registry\.npmjs\.org|registry\.yarnpkg\.com|files\.pythonhosted\.org|pypi\.org|index\.crates\.io|github\.com\/rust-lang\/crates\.io-index)(?:\/|$)/
const SOURCE =
  /(?:"resolved": "|resolved "|tarball: |registry\+|url = "|source = ")((?:git\+|http|ssh)[^"\s,}]+)/

/** New packages, packages that run scripts at installation, and packages from elsewhere than the public registries. */
export function lockfileChanges({ change, before, after }: ChangedFile): TamperFinding[] {
  const { path } = change
  const file = path.split('/').at(-1) ?? ''
  const name = NAMES[file]
  if (OTHER_LOCKFILES.test(path))
    return [tampering('lockfile', path, `The lockfile is ${done(change.kind)}.`)]
  if (name === undefined) return []
  if (after === undefined) return [tampering('lockfile', path, `The lockfile is ${done(change.kind)}.`)]
  const known = packages(before, name)
  const added = [...packages(after, name)].filter((candidate) => !known.has(candidate))
  const lines = linesOnlyIn(after, before)
  return [
    ...(added.length === 0 ? [] : [tampering('lockfile', path, `New packages: ${listed(added)}`)]),
    ...newSources(path, before ?? '', lines),
    ...installScripts(path, before, after),
    ...otherContents(path, file, before, after),
    ...(added.length === 0 && lines.length > 0
      ? [tampering('lockfile', path, 'Locked versions are changed.')]
      : []),
  ]
}

/** Where the base already takes packages from is no news. */
function newSources(path: string, before: string, lines: readonly NumberedLine[]): TamperFinding[] {
  const told = new Set<string>()
  return lines.flatMap(({ text, line }) => {
    const source = SOURCE.exec(text)?.[1]
    const origin = source === undefined ? undefined : /^[^/]+\/\/[^/]+\//.exec(`${source}/`)?.[0]
    if (source === undefined || origin === undefined || REGISTRIES.test(source)) return []
    if (before.includes(origin) || told.has(origin)) return []
    told.add(origin)
    return [tampering('lockfile-source', path, `A package comes from ${source}`, line)]
  })
}

function installScripts(path: string, before: string | undefined, after: string): TamperFinding[] {
  const count = (text = '') => text.match(/"hasInstallScript": true|requiresBuild: true/g)?.length ?? 0
  const more = count(after) - count(before)
  return more > 0
    ? [tampering('install-script', path, `${more} more packages run a script when they are installed.`)]
    : []
}

/** The digest that a lockfile keeps for a version; the first group is package and version, the second the digest. */
const DIGESTS: Readonly<Record<string, RegExp>> = {
  'package-lock.json': /"version": "([^"\n]+)",\n *"resolved": "([^"\n]+)",\n *"integrity": "([^"\n]+)"/g,
  'npm-shrinkwrap.json': /"version": "([^"\n]+)",\n *"resolved": "([^"\n]+)",\n *"integrity": "([^"\n]+)"/g,
  'Cargo.lock': /name = "([^"\n]+)"\nversion = "([^"\n]+)"\nsource = "[^"\n]+"\nchecksum = "([^"\n]+)"/g,
  'go.sum': /^(\S+) (v\S+) h1:(\S+)$/gm,
  'yarn.lock': /version "([^"\n]+)"\n +resolved "([^"\n]+)"\n +integrity (\S+)/g,
}

/** A version that is published does not change; if its digest does, somebody offers other contents under its name. */
function otherContents(
  path: string,
  file: string,
  before: string | undefined,
  after: string,
): TamperFinding[] {
  const pattern = DIGESTS[file]
  if (pattern === undefined || before === undefined) return []
  const was = digests(before, pattern)
  const changed = [...digests(after, pattern)].filter(
    ([version, digest]) => was.has(version) && was.get(version) !== digest,
  )
  return changed
    .slice(0, 10)
    .map(([version]) =>
      tampering(
        'lockfile-digest',
        path,
        `The same version has other contents than before: ${version.slice(0, 200)}`,
      ),
    )
}

function digests(text: string, pattern: RegExp): Map<string, string> {
  const found = new Map<string, string>()
  for (const [, one = '', other = '', digest = ''] of text.matchAll(pattern))
    found.set(`${one} ${other}`, digest)
  return found
}

function packages(text: string | undefined, name: RegExp): Set<string> {
  return new Set([...(text ?? '').matchAll(name)].map((match) => match[1] ?? ''))
}

function listed(names: readonly string[]): string {
  const shown = names
    .slice(0, 10)
    .map((name) => name.slice(0, 60))
    .join(', ')
  return names.length > 10 ? `${shown} and ${names.length - 10} more` : shown
}

function done(kind: ChangedFile['change']['kind']): string {
  return kind === 'added' || kind === 'deleted' ? kind : 'changed'
}
