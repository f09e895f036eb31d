import { readFileSync } from 'node:fs'
import { join } from 'node:path'

export interface PersonalVector {
  readonly class: string
  readonly text: string
  /** The data that stand in the text, in order. */
  readonly data: readonly string[]
}

/** Reads the vectors; what stands in double brackets is a datum. */
export function personalVectors(): PersonalVector[] {
  const file = join(import.meta.dirname, '../vectors/personal-data/texts.txt')
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const [kind = '', marked = ''] = line.split('\t')
      const text = marked.replaceAll('\\n', '\n')
      return {
        class: kind,
        text: text.replace(/\[\[|\]\]/g, ''),
        data: [...text.matchAll(/\[\[(.*?)\]\]/g)].map((match) => match[1] ?? ''),
      }
    })
}
