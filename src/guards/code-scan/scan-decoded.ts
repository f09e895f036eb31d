import type { Decoded } from './decode.ts'
import { inspectFile } from './inspect.ts'
import type { FileScan } from './scan.ts'
import { sourceKind } from './source-kind.ts'

/** Looks at a file whose text may be a guess: then what is found counts, and what is not found says nothing. */
export function scanDecoded(path: string, { text, guessed }: Decoded, longest?: number): FileScan {
  const scan = inspectFile({
    path,
    text,
    ...(longest === undefined ? {} : { longest }),
    // In what is no text at all only what has a maker's shape is a secret, and not chance.
    ...(guessed && text.includes('\0') ? { surely: true } : {}),
  })
  if (!guessed || scan.incomplete !== undefined || sourceKind(path, text).kind === 'other') return scan
  return { ...scan, incomplete: 'binary' }
}
