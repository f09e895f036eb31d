import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { sampleOf } from '#guards/secrets/shape.ts'

export interface SecretVector {
  readonly class: string
  readonly text: string
  /** Known to be judged wrongly; marked with `~` in front of the line. */
  readonly wrong: boolean
}

/** Reads the vectors of one file and fills in what must not stand in a repository. */
export function secretVectors(name: 'leaks' | 'clean'): SecretVector[] {
  const file = join(import.meta.dirname, '../vectors/secrets', `${name}.txt`)
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line, index) => {
      const wrong = line.startsWith('~')
      const [kind = '', text = ''] = line.slice(wrong ? 1 : 0).split('\t')
      return {
        class: kind,
        text: filled(text.replaceAll('\\\\', '\0').replaceAll('\\n', '\n').replaceAll('\0', '\\'), index),
        wrong,
      }
    })
}

function filled(text: string, seed: number): string {
  const credentials = Buffer.from(`deploy:${sampleOf('{a16}', seed)}`).toString('base64')
  return sampleOf(text.replaceAll('{basic}', credentials), seed)
}
