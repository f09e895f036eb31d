import { addressAt, pgpassAt } from './address.ts'
import { assignmentAt, spacedValueAt } from './assignment.ts'
import { argumentAt, mayTakeArguments } from './command-line.ts'
import { atLeast, type Confidence, type SecretFinding, type Sighting } from './finding.ts'
import { authorizationAt, webTokenAt } from './header.ts'
import { type KnownSecret, knownValues } from './known-value.ts'
import { manifestSecrets } from './manifest.ts'
import { encodedKeyAt, privateKeyAt, puttyKeyAt } from './private-key.ts'
import { tokensAt } from './tokens.ts'
import { LONG_WORD, lettersOf, MARK, mayName, remembered, walkWords } from './words.ts'

export interface SecretOptions {
  /** Where the text is from: lockfiles and built files are judged by makers' shapes alone, tests and documents strictly. */
  readonly path?: string
  /** Secrets that must not appear in any dress. */
  readonly known?: readonly KnownSecret[]
  /** Of a unified diff, look only at the lines that it adds. */
  readonly addedLinesOnly?: boolean
  /** The least confidence that is told; medium if not said. */
  readonly confidence?: Confidence
  /** Rules that are not asked. */
  readonly except?: readonly string[]
}

/** The secrets in a text, in the order of their places; of two at one place the surer stands. One pass, linear in the text. */
export function findSecrets(text: string, options: SecretOptions = {}): SecretFinding[] {
  const sightings = [...knownValues(text, options.known ?? []), ...shapedSecrets(text, options.path ?? '')]
  const told = withoutOverlaps(
    sightings.filter(
      ({ rule, confidence }) =>
        atLeast(confidence, options.confidence ?? 'medium') && options.except?.includes(rule) !== true,
    ),
  )
  return withLines(text, options.addedLinesOnly ? onAddedLines(text, told) : told)
}

const GENERATED =
  /(?:^|\/)(?:package-lock\.json|npm-shrinkwrap\.json|pnpm-lock\.yaml|yarn\.lock|Cargo\.lock|poetry\.lock|uv\.lock|Pipfile\.lock|composer\.lock|Gemfile\.lock|go\.sum|deno\.lock|bun\.lockb?|flake\.lock|pubspec\.lock|packages\.lock\.json|gradle\.lockfile|verification-metadata\.xml)$|\.min\.(?:js|css|mjs)$|\.(?:map|svg|css|scss|less|woff2?|snap)$/i
/** Manifests are no programs. */
const PROGRAMS = /\.(?:[cm]?[jt]sx?|d\.ts|css|py|go|java|rb|php|rs|cs|kt|c|h|cc|cpp|hpp)$/i
const STRICT_FOLDERS = new Set(
  'test tests __tests__ spec specs fixture fixtures testdata mock mocks __mocks__ example examples sample samples doc docs documentation man locale locales i18n lang translation translations'.split(
    ' ',
  ),
)
const STRICT_FILES =
  /[._-](?:test|spec|tests|stories|e2e)\.[a-z]{1,5}$|^test_|\.(?:md|mdx|rst|adoc|html?|tex|\d)$/i

/** Tests and documents show what a secret would look like; only what looks drawn at random counts there. */
function readsStrictly(path: string): boolean {
  const parts = path.slice(-400).split('/')
  return (
    parts.slice(0, -1).some((part) => STRICT_FOLDERS.has(part.toLowerCase())) ||
    STRICT_FILES.test(parts.at(-1) ?? '')
  )
}

function shapedSecrets(text: string, path: string): Sighting[] {
  const found: Sighting[] = []
  const tell = (sighting: Sighting | undefined) => {
    if (sighting !== undefined) found.push(sighting)
  }
  const generated = GENERATED.test(path)
  const strict = readsStrictly(path)
  walkWords(text, {
    word(start, end, letters) {
      const length = end - start
      if (length >= LONG_WORD) tell(longWordAt(text, start, end, letters))
      else if (letters === MARK && text.startsWith('---- BEGIN SSH2', start)) tell(privateKeyAt(text, start))
      if (length > 40 || text.charCodeAt(end) !== 32) return
      const uses = usesOf(letters)
      if (uses === 0) return
      if (uses & SCHEME) tell(authorizationAt(text, text.slice(start, end), end))
      if (generated) return
      if (uses & PROGRAM) tell(argumentAt(text, text.slice(start, end), end))
      if (uses & NAME) tell(spacedValueAt(text, start, end))
    },
    operator(at, start, end) {
      if (!generated) tell(assignmentAt(text, at, start, end, strict))
    },
    colon(at) {
      if (text.startsWith('://', at)) tell(addressAt(text, at))
      else if (text.startsWith(':5432:', at)) tell(pgpassAt(text, at))
    },
  })
  if (!generated && !PROGRAMS.test(path)) for (const sighting of manifestSecrets(text)) found.push(sighting)
  return found
}

/** What begins like the armour of a key or like a JSON web token is that or, as any long word, a maker's token. */
function longWordAt(text: string, start: number, end: number, letters: number): Sighting | undefined {
  const first = text.charCodeAt(start)
  if (first === 45 && text.startsWith('-----BEGIN', start)) return privateKeyAt(text, start)
  if (first === 101 && text.startsWith('eyJ', start))
    return webTokenAt(text, start) ?? tokensAt(text, start, end, letters)
  if (first === 76 && text.startsWith('LS0tLS1CRUdJTi', start)) return encodedKeyAt(text, start, end)
  if (first === 80 && text.startsWith('PuTTY-User-Key-File', start)) return puttyKeyAt(text, start)
  return tokensAt(text, start, end, letters)
}

/** The letters, as bits, of the words that stand before a credential in a header. */
const SCHEMES = new Set(['basic', 'bearer', 'token', 'apikey', 'api-token'].map(lettersOf))

/** What a word before a blank may be, by its letters. */
const NAME = 1
const SCHEME = 2
const PROGRAM = 4
const usesOf = remembered(
  (letters) =>
    (mayName(letters) !== 0 ? NAME : 0) |
    (SCHEMES.has(letters) ? SCHEME : 0) |
    (mayTakeArguments(letters) ? PROGRAM : 0),
)

/** Sorted by place; what begins inside of a surer or longer finding is part of it. */
function withoutOverlaps(sightings: readonly Sighting[]): Sighting[] {
  const ranked = sightings.toSorted((a, b) => a.start - b.start || rank(b) - rank(a) || b.end - a.end)
  const kept: Sighting[] = []
  for (const sighting of ranked) {
    const last = kept.at(-1)
    if (last === undefined || sighting.start >= last.end) kept.push(sighting)
    else if (rank(sighting) > rank(last)) kept[kept.length - 1] = sighting
  }
  return kept
}

function rank({ confidence, rule }: Sighting): number {
  return (
    (confidence === 'high' ? 4 : 2) +
    (rule === 'secret.known-value' ? 1 : rule.startsWith('secret.assigned') ? -1 : 0)
  )
}

function onAddedLines<T extends Sighting>(text: string, sightings: readonly T[]): T[] {
  let line = 0
  let newline = text.indexOf('\n')
  return sightings.filter(({ start }) => {
    while (newline !== -1 && newline < start) {
      line = newline + 1
      newline = text.indexOf('\n', line)
    }
    return text[line] === '+' && !text.startsWith('+++ ', line)
  })
}

function withLines(text: string, sightings: readonly Sighting[]): SecretFinding[] {
  let line = 1
  let newline = text.indexOf('\n') // looked for once, however many there are before it
  return sightings.map(({ publicPrefix, ...sighting }) => {
    while (newline !== -1 && newline < sighting.start) {
      line += 1
      newline = text.indexOf('\n', newline + 1)
    }
    const shown = text.slice(sighting.start, sighting.start + Math.min(publicPrefix ?? 0, 12))
    return { ...sighting, line, preview: `${shown}… (${sighting.end - sighting.start} characters)` }
  })
}
