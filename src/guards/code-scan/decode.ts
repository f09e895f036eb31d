export interface Decoded {
  readonly text: string
  /** The bytes are no UTF-8, and the text is what they most likely say. */
  readonly guessed: boolean
}

/** The text in a file. Who writes no UTF-8 hides nothing by it: what is ASCII in any common encoding stays what it is. */
export function decoded(bytes: Uint8Array): Decoded {
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes), guessed: false }
  } catch {
    return { text: new TextDecoder(encodingOf(bytes)).decode(bytes), guessed: true }
  }
}

function encodingOf([first, second]: Uint8Array): string {
  if (first === 0xff && second === 0xfe) return 'utf-16le'
  if (first === 0xfe && second === 0xff) return 'utf-16be'
  return 'windows-1252'
}
