/** One file of a git patch, as exact text (latin1: one character per byte, so nothing is lost). */
export interface FilePatch {
  readonly header: string
  readonly hunks: readonly Hunk[]
  /** A `GIT binary patch` body, or empty. */
  readonly binary: string
}

export interface Hunk {
  readonly oldStart: number
  readonly oldCount: number
  readonly newStart: number
  readonly newCount: number
  /** What git printed after the second `@@`, line end included. */
  readonly heading: string
  readonly body: string
}

// A line of a patch begins after a line feed and nowhere else. `^` would also take a carriage return for the end of a
// line, and an added line could then pass for the start of a file, or hide what follows it as binary.
const FILE_START = /(?<![^\n])diff --git /g
const BINARY_START = /(?<![^\n])GIT binary patch\n/
const HUNKS_START = /(?<![^\n])@@ -/
const HUNK_HEADER = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@(.*\n?)/

/** Splits what `git diff` printed into files and hunks; `joinPatch` gives back the same bytes. */
export function splitPatch(patch: Uint8Array): readonly FilePatch[] {
  const text = Buffer.from(patch).toString('latin1')
  const starts = [...text.matchAll(FILE_START)].map((match) => match.index)
  return starts.map((start, index) => splitFile(text.slice(start, starts[index + 1])))
}

export function joinPatch(files: readonly FilePatch[]): Uint8Array {
  return Buffer.from(files.map(fileText).join(''), 'latin1')
}

function splitFile(text: string): FilePatch {
  const binaryAt = text.search(BINARY_START)
  if (binaryAt >= 0) return { header: text.slice(0, binaryAt), hunks: [], binary: text.slice(binaryAt) }
  const hunksAt = text.search(HUNKS_START)
  if (hunksAt < 0) return { header: text, hunks: [], binary: '' }
  return { header: text.slice(0, hunksAt), hunks: splitHunks(text.slice(hunksAt)), binary: '' }
}

/** Walks by the counted lines, since a removed line may itself look like a hunk header. */
function splitHunks(text: string): readonly Hunk[] {
  const hunks: Hunk[] = []
  let rest = text
  while (rest !== '') {
    const match = HUNK_HEADER.exec(rest)
    if (match === null) throw new Error('a hunk does not start with its header')
    const oldCount = Number(match[2] ?? 1)
    const newCount = Number(match[4] ?? 1)
    const bodyStart = match[0].length
    const bodyEnd = endOfBody(rest, bodyStart, oldCount, newCount)
    hunks.push({
      oldStart: Number(match[1]),
      oldCount,
      newStart: Number(match[3]),
      newCount,
      heading: match[5] ?? '\n',
      body: rest.slice(bodyStart, bodyEnd),
    })
    rest = rest.slice(bodyEnd)
  }
  return hunks
}

function endOfBody(text: string, start: number, oldCount: number, newCount: number): number {
  let at = start
  let oldLeft = oldCount
  let newLeft = newCount
  while (at < text.length && (oldLeft > 0 || newLeft > 0 || text[at] === '\\')) {
    const mark = text[at]
    if (mark === '-' || mark === ' ') oldLeft -= 1
    if (mark === '+' || mark === ' ') newLeft -= 1
    const end = text.indexOf('\n', at)
    at = end < 0 ? text.length : end + 1
  }
  return at
}

function fileText(file: FilePatch): string {
  return file.header + file.hunks.map(hunkText).join('') + file.binary
}

function hunkText(hunk: Hunk): string {
  const old = range(hunk.oldStart, hunk.oldCount)
  const next = range(hunk.newStart, hunk.newCount)
  return `@@ -${old} +${next} @@${hunk.heading}${hunk.body}`
}

function range(start: number, count: number): string {
  return count === 1 ? `${start}` : `${start},${count}`
}
