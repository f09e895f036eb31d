export interface ByteChange {
  readonly patch: Uint8Array
  /** The line before and after, without its end. */
  readonly before: string
  readonly after: string
}

/** Changes the lowest bit of one byte: of a digit in the last added line where there is one, else of that line's end. */
export function changeOneByte(patch: Uint8Array): ByteChange {
  const text = Buffer.from(patch).toString('latin1')
  const start = text.lastIndexOf('\n+') + 1
  const end = text.indexOf('\n', start) === -1 ? text.length : text.indexOf('\n', start)
  const digit = text.slice(start, end).search(/\d/)
  const place = digit === -1 ? end - 1 : start + digit
  const changed = Buffer.from(patch)
  changed[place] = (changed[place] ?? 0) ^ 1
  const line = (bytes: Uint8Array) => Buffer.from(bytes.subarray(start, end)).toString('utf8')
  return { patch: changed, before: line(patch), after: line(changed) }
}
