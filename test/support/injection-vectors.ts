import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Provenance } from '#guards/injection/signal.ts'

export interface InjectionVector {
  readonly provenance: Provenance
  readonly class: string
  readonly text: string
  /** Known to be judged wrongly; marked with `~` in front of the line. */
  readonly wrong: boolean
}

/** Reads the vectors of one file; characters that no editor shows are spelled `{tags:…}`, `{vs:…}` and `{zw:…}` there. */
export function injectionVectors(name: 'hostile' | 'clean'): InjectionVector[] {
  const file = join(import.meta.dirname, '../vectors/injection', `${name}.txt`)
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const wrong = line.startsWith('~')
      const [provenance = '', kind = '', text = ''] = line.slice(wrong ? 1 : 0).split('\t')
      return {
        provenance: provenance as Provenance,
        class: kind,
        text: hidden(text.replaceAll('\\n', '\n')),
        wrong,
      }
    })
}

function hidden(text: string): string {
  const spell = (pattern: RegExp, write: (character: string) => string) => (from: string) =>
    from.replace(pattern, (_, inner: string) => [...inner].map(write).join(''))
  const tags = spell(/\{tags:([^}]*)\}/g, (character) =>
    String.fromCodePoint(0xe0000 + character.charCodeAt(0)),
  )
  const selectors = spell(/\{vs:([^}]*)\}/g, (character) =>
    String.fromCodePoint(0xe0100 + character.charCodeAt(0)),
  )
  const widthless = spell(/\{zw:([^}]*)\}/g, (character) =>
    character.charCodeAt(0).toString(2).padStart(8, '0').replaceAll('0', '\u200b').replaceAll('1', '\u200c'),
  )
  return widthless(selectors(tags(text)))
}
