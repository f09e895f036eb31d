/** A path of a git tree. git knows bytes; people and JSON know text. */
export interface PathName {
  readonly bytes: Buffer
  /** The path itself when it is UTF-8, else with each byte above ASCII as `\xNN`. */
  readonly text: string
  /** Base64 of the bytes, only where `text` is not the path itself. */
  readonly pathBytes?: string
}

export function pathName(bytes: Buffer): PathName {
  const text = bytes.toString('utf8')
  if (Buffer.from(text, 'utf8').equals(bytes)) return { bytes, text }
  return { bytes, text: escaped(bytes), pathBytes: bytes.toString('base64') }
}

/** Splits NUL-terminated output of `git … -z`. */
export function splitNul(output: Buffer): Buffer[] {
  const parts: Buffer[] = []
  let start = 0
  for (let end = output.indexOf(0); end >= 0; end = output.indexOf(0, start)) {
    parts.push(output.subarray(start, end))
    start = end + 1
  }
  return parts
}

function escaped(bytes: Buffer): string {
  let text = ''
  for (const byte of bytes)
    text += byte < 0x80 ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, '0')}`
  return text
}
