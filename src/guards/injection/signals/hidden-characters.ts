import type { Signal } from '../signal.ts'

const TAGS = /[\u{e0020}-\u{e007f}]+/gu
const INVISIBLE_RUN = /[\u200b-\u200d\u2060-\u2064\ufeff]+/g
const INVISIBLE_ONE = /[\u200b\u2060-\u2064\ufeff\u180e\u00ad]/g
const SELECTOR_RUN = /(?:[\ufe00-\ufe0f]|[\u{e0100}-\u{e01ef}])+/gu
const BIDI_OVERRIDE = /[\u202d\u202e]/g
const BIDI_ISOLATE = /[\u202a\u202b\u2066-\u2068]/g
const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/
const LETTERS = /\p{L}+/gu
const LATIN = /[a-zA-Z]/
const LOOKING_ALIKE = /[\u0400-\u045f\u04cf\u0501\u051b\u051d\u0370-\u03ff]/
const FLAG_BASE = 0x1f3f4

/** Characters that a person does not see and a model does. */
export function hiddenCharacterSignals(text: string): Signal[] {
  if (!/[\u0080-\uffff]/.test(text)) return []
  return [
    ...first(
      text,
      TAGS,
      'injection.tag-characters',
      0.9,
      'It holds text in tag characters, which no screen shows.',
      (run, at) => !isFlag(text, run, at),
    ),
    ...first(
      text,
      SELECTOR_RUN,
      'injection.variation-selectors',
      0.85,
      'It holds bytes written as variation selectors.',
      (run) => [...run].length >= 3,
    ),
    ...zeroWidth(text),
    ...bidi(text),
    ...mixedScripts(text),
  ]
}

/** Flags of regions end in a few tag characters behind a black flag. */
function isFlag(text: string, run: string, at: number): boolean {
  return text.codePointAt(at - 2) === FLAG_BASE && run.length <= 14
}

/** Joiners are part of some scripts and of emoji; long runs, or many within Latin words, are not. */
function zeroWidth(text: string): Signal[] {
  const runs = [...text.matchAll(INVISIBLE_RUN)].filter(([run]) => run.length >= 6)
  const total = runs.reduce((sum, [run]) => sum + run.length, 0)
  if (total >= 8)
    return [
      signal(
        'injection.zero-width-text',
        0.75,
        'It holds a message in zero-width characters.',
        runs[0]?.index ?? 0,
        total,
      ),
    ]
  const within = [...text.matchAll(/[a-zA-Z][\u200b\u2060-\u2064\ufeff\u00ad]{1,3}[a-zA-Z]/g)]
  const invisible = [...text.matchAll(INVISIBLE_ONE)].length
  return within.length >= 5 && within.length > text.length / 400
    ? [
        signal(
          'injection.zero-width-in-words',
          0.5,
          'Words are broken up by characters of no width.',
          within[0]?.index ?? 0,
          invisible,
        ),
      ]
    : []
}

function bidi(text: string): Signal[] {
  const override = [...text.matchAll(BIDI_OVERRIDE)]
  if (override.length > 0)
    return [
      signal(
        'injection.bidi-override',
        RIGHT_TO_LEFT.test(text) ? 0.5 : 0.65,
        'It turns the direction of text, so that it reads other than it is.',
        override[0]?.index ?? 0,
        1,
      ),
    ]
  const isolates = [...text.matchAll(BIDI_ISOLATE)]
  return isolates.length >= 2 && !RIGHT_TO_LEFT.test(text)
    ? [
        signal(
          'injection.bidi-isolate',
          0.4,
          'It embeds directions of text though all of it runs one way.',
          isolates[0]?.index ?? 0,
          1,
        ),
      ]
    : []
}

function mixedScripts(text: string): Signal[] {
  const words = [...text.matchAll(LETTERS)].filter(
    ([word]) =>
      word.length >= 3 && LATIN.test(word) && LOOKING_ALIKE.test(word) && !/[µμΩπλσΔαβγδεθφψω]/.test(word),
  )
  if (words.length < 2) return []
  return [
    signal(
      'injection.look-alike-letters',
      words.length >= 5 ? 0.5 : 0.35,
      'Words mix letters of several scripts that look alike.',
      words[0]?.index ?? 0,
      words[0]?.[0].length ?? 1,
    ),
  ]
}

function first(
  text: string,
  pattern: RegExp,
  rule: Signal['rule'],
  weight: number,
  reason: string,
  counts: (run: string, at: number) => boolean = () => true,
): Signal[] {
  for (const match of text.matchAll(pattern))
    if (counts(match[0], match.index)) return [signal(rule, weight, reason, match.index, match[0].length)]
  return []
}

function signal(rule: Signal['rule'], weight: number, reason: string, start: number, length: number): Signal {
  return { rule, class: 'hidden-text', reason, weight, start, end: start + length }
}
