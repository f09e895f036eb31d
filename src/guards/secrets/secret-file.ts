import { findSecrets } from './find.ts'
import type { KnownSecret } from './known-value.ts'

/** Shorter pieces stand in ordinary text by chance. */
const SHORTEST = 8

/**
 * What of a secret file must never be seen: the whole, each of its lines, and the values in it, since a program prints a
 * token and not the file it is from. Names of settings and hosts are no secret, and masking them would hide what went wrong.
 */
export function piecesOf(name: string, text: string): readonly KnownSecret[] {
  const lines = text.split(/\r?\n/).map((line) => line.trim())
  const shaped = findSecrets(text, { confidence: 'low' }).map(({ start, end }) => text.slice(start, end))
  const pieces = [text.trim(), ...lines.filter(isLineOfWorth), ...lines.flatMap(valuesIn), ...shaped]
  return [...new Set(pieces)].filter((piece) => piece.length >= SHORTEST).map((value) => ({ name, value }))
}

/** A line that holds a value; one that is a name, a comment, a host or the frame of a key is not worth hiding. */
function isLineOfWorth(line: string): boolean {
  return valuesIn(line).length > 0
}

/** The last word of a line, and every word that could have been drawn by chance. */
function valuesIn(line: string): readonly string[] {
  if (/^(?:[#;]|\/\/ |-----(?:BEGIN|END) )/.test(line)) return []
  const text = line.startsWith('<') ? line.replace(/<\/?[\w:.-]+/g, ' ') : line
  const words = text.split(/[\s"'`=,;<>()[\]{}]+/).filter((word) => word !== '')
  return words
    .flatMap((word, place) => {
      const credential = /^[a-z][a-z0-9+.-]*:\/\/([^/@\s]+)@/i.exec(word)?.[1]
      if (credential !== undefined) return [credential, ...credential.split(':')]
      if (isPlain(word)) return []
      return place === words.length - 1 || /\d/.test(word) ? [word] : []
    })
    .filter((word) => word.length >= SHORTEST)
}

/** An address, a host, an e-mail address, a path to a setting, or a constant of the format. */
function isPlain(word: string): boolean {
  return (
    /^(?:https?:)?\/\//i.test(word) ||
    /^[^@\s]+@[a-z0-9-]+(?:\.[a-z0-9-]+)+$/i.test(word) ||
    /^[a-z0-9-]+(?:\.[a-z0-9-]+)+(?::\d+)?\/?$/i.test(word) ||
    /^(?:true|false|null|registry|password|username|machine|login|default)$/i.test(word)
  )
}
