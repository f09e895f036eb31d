import { type FilePatch, type Hunk, splitPatch } from '#review/patch-text.ts'
import { manyLines, shortened } from '../terminal/safe-text.ts'
import type { Paint } from '../terminal/screen.ts'

const LABEL_WIDTH = 70

/** A patch with colours and line numbers, every byte that a terminal would act on written out. */
export function diffText(patch: Uint8Array, paint: Paint): string {
  return splitPatch(patch)
    .map((file) => fileText(file, paint))
    .join('\n\n')
}

/** One hunk by itself, for somebody who decides about it. */
export function hunkText(hunk: Hunk, paint: Paint): string {
  const head = `@@ -${hunk.oldStart},${hunk.oldCount} +${hunk.newStart},${hunk.newCount} @@`
  return [paint('cyan', head) + paint('dim', shown(hunk.heading)), ...bodyLines(hunk, paint)].join('\n')
}

/** A hunk as a label of one line: where it is and the first thing it does. */
export function hunkLabel(hunk: Hunk): string {
  const first = hunk.body.split('\n').find((line) => /^[+-]/.test(line)) ?? ''
  return `line ${hunk.newStart}: ${shortened(shown(first), LABEL_WIDTH)}`
}

function fileText(file: FilePatch, paint: Paint): string {
  const [first = '', ...rest] = file.header.trimEnd().split('\n')
  return [
    paint('bold', shown(first)),
    ...rest.map((line) => paint('dim', shown(line))),
    ...file.hunks.map((hunk) => hunkText(hunk, paint)),
    ...(file.binary === '' ? [] : [paint('yellow', `binary, ${file.binary.length} bytes of patch`)]),
  ].join('\n')
}

function bodyLines(hunk: Hunk, paint: Paint): readonly string[] {
  let old = hunk.oldStart
  let next = hunk.newStart
  const widest = String(Math.max(old + hunk.oldCount, next + hunk.newCount)).length
  const number = (value: number | undefined) => (value === undefined ? '' : String(value)).padStart(widest)
  const lines = hunk.body.endsWith('\n') ? hunk.body.slice(0, -1).split('\n') : hunk.body.split('\n')
  return lines.map((line) => {
    const mark = line[0]
    const margin = (left: number | undefined, right: number | undefined) =>
      paint('dim', `${number(left)} ${number(right)} `)
    if (mark === '+') return margin(undefined, next++) + paint('green', shown(line))
    if (mark === '-') return margin(old++, undefined) + paint('red', shown(line))
    if (mark === ' ') return margin(old++, next++) + shown(line)
    return margin(undefined, undefined) + paint('dim', shown(line))
  })
}

/** The patch is bytes as latin1; people read UTF-8. A carriage return is shown, not obeyed. */
function shown(latin1: string): string {
  const text = Buffer.from(latin1.replace(/\n$/, ''), 'latin1').toString('utf8')
  return manyLines(text.replace(/\r$/, '␍')).replaceAll('\t', '    ')
}
