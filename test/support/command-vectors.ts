import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

const VECTORS = resolve(import.meta.dirname, '../vectors/commands')

export interface CommandVector {
  /** `hostile` ought to be denied or asked about, `consequential` asked about, `ordinary` allowed. */
  readonly set: 'hostile' | 'consequential' | 'ordinary'
  /** The name of its file: for hostile ones the class. */
  readonly file: string
  readonly text: string
  /** Half of the vectors, chosen by digest, was not looked at while the rules were tuned. */
  readonly heldOut: boolean
}

/** Every command below test/vectors/commands. A `⏎` stands for a line feed; what follows a tab names the source. */
export function commandVectors(): CommandVector[] {
  return (['hostile', 'consequential', 'ordinary'] as const).flatMap((set) =>
    readdirSync(join(VECTORS, set)).flatMap((name) =>
      readFileSync(join(VECTORS, set, name), 'utf8')
        .split('\n')
        .filter((line) => line !== '' && !line.startsWith('# '))
        .map((line) => {
          const text = (line.split('\t')[0] ?? '').replaceAll('⏎', '\n')
          return { set, file: name.replace('.txt', ''), text, heldOut: isHeldOut(text) }
        }),
    ),
  )
}

function isHeldOut(text: string): boolean {
  return (createHash('sha256').update(text).digest()[0] ?? 0) % 2 === 0
}
