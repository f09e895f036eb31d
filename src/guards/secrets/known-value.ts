import type { Sighting } from './finding.ts'

/** A secret that Airlock itself holds, and must never meet again elsewhere. */
export interface KnownSecret {
  readonly name: string
  readonly value: string
}

const SHORTEST = 6

/** Every place where a known secret stands, as it is or in one of the dresses that text commonly gives it. */
export function knownValues(text: string, known: readonly KnownSecret[]): Sighting[] {
  return known.flatMap(({ name, value }) => {
    if (value.length < SHORTEST) return []
    return [...new Map(dresses(value)).entries()].flatMap(([dressed, dress]) =>
      placesOf(text, dressed).map((start) => ({
        rule: 'secret.known-value' as const,
        class: 'known-value',
        reason: `It is the secret ${name}${dress === '' ? '' : `, ${dress}`}.`,
        start,
        end: start + dressed.length,
        confidence: 'high' as const,
      })),
    )
  })
}

/** The value in each dress, with words for it. */
export function dresses(value: string): [dressed: string, dress: string][] {
  const bytes = Buffer.from(value, 'utf8')
  const hex = bytes.toString('hex')
  const json = JSON.stringify(value).slice(1, -1)
  return [
    [hex.toUpperCase(), 'in hexadecimal'],
    [hex, 'in hexadecimal'],
    ...[0, 1, 2].flatMap((shift) => base64Within(bytes, shift)),
    [encodeURIComponent(value), 'encoded for an address'],
    [
      encodeURIComponent(value).replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()),
      'encoded for an address',
    ],
    [hex.replace(/../g, '%$&'), 'encoded for an address'],
    [hex.toUpperCase().replace(/../g, '%$&'), 'encoded for an address'],
    [json, 'escaped as JSON'],
    [JSON.stringify(json).slice(1, -1), 'escaped as JSON twice'],
    [value.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`), 'escaped as HTML'],
    [[...value].reverse().join(''), 'reversed'],
    [value, ''],
  ]
}

/** The digits that must appear wherever the bytes stand inside of a longer base64 text, `shift` bytes off a border. */
function base64Within(bytes: Buffer, shift: number): [string, string][] {
  const padded = Buffer.concat([Buffer.alloc(shift), bytes])
  const whole = padded.toString('base64').replaceAll('=', '')
  const first = shift === 0 ? 0 : shift + 1
  const usable = Math.floor((padded.length * 8) / 6)
  const digits = whole.slice(first, usable)
  if (digits.length < SHORTEST) return []
  return [
    [digits, 'in base64'],
    [digits.replaceAll('+', '-').replaceAll('/', '_'), 'in base64'],
  ]
}

export function placesOf(text: string, wanted: string): number[] {
  const places: number[] = []
  for (let at = text.indexOf(wanted); at !== -1; at = text.indexOf(wanted, at + wanted.length))
    places.push(at)
  return places
}
