// Draws docs/images/demo.svg from a real run of the demo: node script/picture.ts
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { stripVTControlCharacters } from 'node:util'

const ROOT = resolve(import.meta.dirname, '..')
const PICTURE = join(ROOT, 'docs/images/demo.svg')

/** Which lines of the run are shown, in order: from one that matches, so many of them. A gap is drawn between two parts. */
const PARTS: readonly (readonly [first: RegExp, lines: number])[] = [
  [/^\$ airlock run /, 2],
  [/▏First I look for/, 6],
  [/▏I will see which/, 3],
  [/▏The payment code/, 3],
  [/▏Or I make the test/, 3],
  [/▏One more: a shell/, 3],
  [/✎ edited/, 1],
  [/test before the change/, 5],
  [/^\$ airlock approve /, 3],
  [/^\$ airlock verify \S+ .*--bundle evidence\.json/, 1],
  [/^VERIFIED: \S+ is exactly/, 1],
  [/^ {2}approved {2}/, 2],
  [/^\$ airlock verify \S+ .*--bundle changed\.json/, 1],
  [/^✗ patch/, 1],
  [/^NOT VERIFIED/, 1],
]
/** Parts that begin after an empty line. */
const APART = new Set([1, 6, 8, 9, 11])

const SIZE = 13
const COLUMN = 7.83
const ROW = 19
const COLUMNS = 101
const PADDING = 22
const BAR = 38

const COLOURS: Readonly<Record<number, string>> = {
  31: '#ff7b72',
  32: '#7ee787',
  33: '#e3b341',
  34: '#79c0ff',
  35: '#d2a8ff',
  36: '#76e3ea',
  37: '#ffffff',
}

interface Look {
  readonly colour?: string | undefined
  readonly background?: string | undefined
  readonly bold?: boolean
  readonly dim?: boolean
}

interface Run {
  readonly text: string
  readonly column: number
  readonly look: Look
}

function runOfDemo(): readonly string[] {
  const home = mkdtempSync(join(tmpdir(), 'airlock-picture-'))
  try {
    writeFileSync(join(home, '.gitconfig'), '[user]\n\tname = Jo Doe\n\temail = jo@example.org\n')
    const shown = execFileSync(process.execPath, [join(ROOT, 'src/main.ts'), 'demo'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { PATH: process.env.PATH, HOME: home, USER: 'jo', FORCE_COLOR: '1' },
    })
    return shown.split('\n')
  } finally {
    rmSync(home, { recursive: true })
  }
}

function excerpt(run: readonly string[]): readonly string[] {
  let after = 0
  return PARTS.flatMap(([first, count], part) => {
    const at = run.findIndex((line, place) => place >= after && first.test(stripVTControlCharacters(line)))
    if (at === -1) throw new Error(`the run has no line like ${first}`)
    after = at + count
    return [...(APART.has(part) ? [''] : []), ...run.slice(at, after)]
  })
}

function drawn(lines: readonly string[]): string {
  const width = Math.ceil(COLUMNS * COLUMN + 2 * PADDING)
  const height = BAR + lines.length * ROW + PADDING
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="A run of the Airlock demo in a terminal">`,
    `<rect width="${width}" height="${height}" rx="9" fill="#0d1117" stroke="#30363d"/>`,
    ...['#ff5f57', '#febc2e', '#28c840'].map(
      (colour, place) => `<circle cx="${22 + place * 20}" cy="20" r="6" fill="${colour}"/>`,
    ),
    `<g font-family="ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace" font-size="${SIZE}" fill="#e6edf3">`,
    ...lines.flatMap((line, row) => runsOf(line).flatMap((run) => drawnRun(run, BAR + (row + 1) * ROW - 5))),
    '</g>',
    '</svg>',
    '',
  ].join('\n')
}

/** Every run is stretched to its columns, so that lines are straight in whatever font there is. */
function drawnRun({ text, column, look }: Run, baseline: number): readonly string[] {
  const x = (PADDING + column * COLUMN).toFixed(1)
  const long = ([...text].length * COLUMN).toFixed(1)
  const background =
    look.background === undefined
      ? []
      : [
          `<rect x="${x}" y="${baseline - SIZE}" width="${long}" height="${ROW - 2}" fill="${look.background}"/>`,
        ]
  if (text.trim() === '') return background
  const colour = look.colour ?? (look.dim ? '#8b949e' : undefined)
  const attributes = [
    `x="${x}" y="${baseline}" textLength="${long}" lengthAdjust="spacingAndGlyphs"`,
    ...(colour === undefined ? [] : [`fill="${colour}"`]),
    ...(look.bold ? ['font-weight="bold"'] : []),
  ]
  return [...background, `<text ${attributes.join(' ')}>${escaped(text)}</text>`]
}

/** Runs of one look, without the spaces before them. */
function runsOf(line: string): readonly Run[] {
  const runs: Run[] = []
  let look: Look = {}
  let column = 0
  for (const part of line.split(STYLE)) {
    const codes = ONE_STYLE.exec(part)?.[1]
    if (codes !== undefined) {
      for (const code of codes.split(';')) look = styled(look, Number(code))
      continue
    }
    const lead = look.background === undefined ? part.length - part.trimStart().length : 0
    const text = part.slice(lead)
    if (text !== '') runs.push({ text, column: column + lead, look })
    column += [...part].length
  }
  return runs
}

const ESCAPE = String.fromCharCode(27)
const STYLE = new RegExp(`(${ESCAPE}\\[[0-9;]*m)`)
const ONE_STYLE = new RegExp(`^${ESCAPE}\\[([0-9;]*)m$`)

function styled(look: Look, code: number): Look {
  if (code === 0) return {}
  if (code === 1) return { ...look, bold: true }
  if (code === 2) return { ...look, dim: true }
  if (code === 22) return { ...look, bold: false, dim: false }
  if (code === 39) return { ...look, colour: undefined }
  if (code === 41) return { ...look, background: '#b62324' }
  if (code === 49) return { ...look, background: undefined }
  return { ...look, colour: COLOURS[code] ?? look.colour }
}

/** Spaces that no viewer takes together. */
function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll(' ', '\u00a0')
}

mkdirSync(resolve(PICTURE, '..'), { recursive: true })
writeFileSync(PICTURE, drawn(excerpt(runOfDemo())))
