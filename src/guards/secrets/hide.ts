import { findSecrets } from './find.ts'
import type { SecretFinding } from './finding.ts'

/** A text without the secrets in it: for what quotes a line that it does not know. */
export function withoutSecrets(text: string): string {
  return hideAt(text, 0, findSecrets(text))
}

/** A piece of a text, which begins at an offset of it, without what was found there. */
export function hideAt(
  piece: string,
  offset: number,
  found: readonly Pick<SecretFinding, 'start' | 'end'>[],
): string {
  let result = ''
  let at = 0
  for (const { start, end } of [...found].sort((a, b) => a.start - b.start)) {
    const from = Math.max(at, start - offset)
    const to = Math.min(piece.length, end - offset)
    if (to <= from) continue
    result += `${piece.slice(at, from)}…`
    at = to
  }
  return result + piece.slice(at)
}
