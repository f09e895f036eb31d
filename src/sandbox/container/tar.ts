export type TarEntry =
  | { readonly path: string; readonly kind: 'directory'; readonly mode: number }
  | { readonly path: string; readonly kind: 'file'; readonly text: string }
  | { readonly path: string; readonly kind: 'link'; readonly to: string }

const BLOCK = 512

/** A tar archive (ustar, POSIX.1-1988) of a few entries with short ASCII names; everything belongs to root, at time 0. */
export function tar(entries: readonly TarEntry[]): Buffer {
  return Buffer.concat([
    ...entries.flatMap((entry) => [header(entry), content(entry)]),
    Buffer.alloc(2 * BLOCK),
  ])
}

const TYPES = { file: '0', link: '2', directory: '5' }

function header(entry: TarEntry): Buffer {
  const block = Buffer.alloc(BLOCK)
  const put = (text: string, at: number, room: number) => {
    if (text.length >= room) throw new Error(`too long for a tar header: ${text}`)
    block.write(text, at, 'latin1')
  }
  put(entry.path, 0, 100)
  put(octal(entry.kind === 'directory' ? entry.mode : 0o644, 7), 100, 8)
  put(octal(0, 7), 108, 8)
  put(octal(0, 7), 116, 8)
  put(octal(entry.kind === 'file' ? Buffer.byteLength(entry.text) : 0, 11), 124, 12)
  put(octal(0, 11), 136, 12)
  put(' '.repeat(7), 148, 8)
  block.write(' ', 155, 'latin1')
  put(TYPES[entry.kind], 156, 2)
  if (entry.kind === 'link') put(entry.to, 157, 100)
  block.write('ustar\x0000', 257, 'latin1')
  // The checksum is taken with its own field full of spaces.
  put(
    octal(
      block.reduce((sum, byte) => sum + byte, 0),
      6,
    ),
    148,
    7,
  )
  block[154] = 0
  return block
}

function content(entry: TarEntry): Buffer {
  if (entry.kind !== 'file') return Buffer.alloc(0)
  const bytes = Buffer.from(entry.text)
  return Buffer.concat([bytes, Buffer.alloc((BLOCK - (bytes.length % BLOCK)) % BLOCK)])
}

function octal(value: number, digits: number): string {
  return value.toString(8).padStart(digits, '0')
}
