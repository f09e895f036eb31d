import { readFileSync } from 'node:fs'
import { join } from 'node:path'

export interface PersonalVector {
  readonly class: string
  readonly text: string
  /** The data that stand in the text, in order. */
  readonly data: readonly string[]
  /** Known to be judged wrongly; marked with `~` in front of the line. */
  readonly wrong: boolean
}

/** Reads the vectors; what stands in double brackets is a datum. */
export function personalVectors(): PersonalVector[] {
  const file = join(import.meta.dirname, '../vectors/personal-data/texts.txt')
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const wrong = line.startsWith('~')
      const [kind = '', marked = ''] = line.slice(wrong ? 1 : 0).split('\t')
      const text = marked.replaceAll('\\n', '\n')
      return {
        class: kind,
        text: text.replace(/\[\[|\]\]/g, ''),
        data: [...text.matchAll(/\[\[(.*?)\]\]/g)].map((match) => match[1] ?? ''),
        wrong,
      }
    })
}
