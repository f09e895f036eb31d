import { CONCEPT, type Concept, type Lexicon } from './concepts.ts'
import { withoutAccents } from './fold.ts'
import { ASIAN, UNSPACED } from './lexicon/asian.ts'
import { ENGLISH } from './lexicon/english.ts'
import { EUROPEAN } from './lexicon/european.ts'
import { FURTHER, THAI } from './lexicon/further.ts'

/** A word or phrase that carries an idea. */
export interface Idea {
  readonly concepts: number
  /** Offsets in the folded text. */
  readonly start: number
  readonly end: number
  /** Counts words; ideas a few words apart belong together. */
  readonly word: number
  readonly english: boolean
  /** The word before it in its sentence, or nothing. */
  readonly before: string
}

export type Sentence = readonly Idea[]

interface Entry {
  readonly phrase: string
  readonly stem: boolean
  readonly concepts: number
  readonly english: boolean
}

const STEM_KEY = 2

/** Phrases by their first word, and stems by their first letters. */
const BY_WORD = new Map<string, Entry[]>()
const BY_STEM = new Map<string, Entry[]>()
const UNSPACED_TERMS = new Map<string, number>()

enter(ENGLISH, true)
for (const lexicon of [...EUROPEAN, ...FURTHER, ...ASIAN]) enter(lexicon, false)
for (const lexicon of [...UNSPACED, THAI])
  for (const [concept, words] of Object.entries(lexicon))
    for (const word of words.split('|'))
      UNSPACED_TERMS.set(word, (UNSPACED_TERMS.get(word) ?? 0) | CONCEPT[concept as Concept])

export const UNSPACED_PATTERN = new RegExp(
  [...UNSPACED_TERMS.keys()].sort((a, b) => b.length - a.length).join('|'),
  'g',
)
const UNSPACED_LETTER = /[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff]/

/** The ideas of a text, sentence by sentence. */
export function readIdeas(text: string): Sentence[] {
  const sentences: Idea[][] = []
  let sentence: Idea[] = []
  let word = 0
  let before = ''
  const end = () => {
    if (sentence.length > 0) sentences.push(sentence)
    sentence = []
    before = ''
    word += 4
  }
  for (let at = 0; at < text.length; ) {
    const code = text.charCodeAt(at)
    if (endsSentence(text, at, code)) end()
    if (!isLetter(code)) {
      at += 1
      continue
    }
    const start = at
    while (at < text.length && isLetter(text.charCodeAt(at))) at += 1
    const run = text.slice(start, at)
    word += 1
    if (code > 0xdff && UNSPACED_LETTER.test(run)) word += unspaced(run, start, word, sentence)
    else {
      const concepts = conceptsAt(text, start, at, run)
      if (text.charCodeAt(at) === 64 && isLetter(text.charCodeAt(at + 1))) concepts.all |= CONCEPT.address
      if (concepts.all !== 0)
        sentence.push({
          concepts: concepts.all,
          start,
          end: concepts.end,
          word,
          english: concepts.english,
          before,
        })
      before = run
    }
  }
  end()
  return sentences
}

function conceptsAt(
  text: string,
  start: number,
  end: number,
  run: string,
): { all: number; end: number; english: boolean } {
  let all = 0
  let last = end
  let english = false
  const take = (entry: Entry) => {
    all |= entry.concepts
    english ||= entry.english
    if (entry.concepts !== CONCEPT.hint) last = Math.max(last, start + entry.phrase.length)
  }
  for (const entry of BY_WORD.get(run) ?? []) {
    const stop = start + entry.phrase.length
    if (entry.phrase.length === run.length) take(entry)
    else if (text.startsWith(entry.phrase, start) && (entry.stem || !isLetter(text.charCodeAt(stop))))
      take(entry)
  }
  if (run.length >= STEM_KEY)
    for (const entry of BY_STEM.get(run.slice(0, STEM_KEY)) ?? [])
      if (run.startsWith(entry.phrase)) take(entry)
  return { all, end: last, english }
}

/** Terms of a run written without spaces; gives how many words it counts for. */
function unspaced(run: string, start: number, word: number, sentence: Idea[]): number {
  let last = 0
  for (const match of run.matchAll(UNSPACED_PATTERN)) {
    last = Math.floor(match.index / 3)
    sentence.push({
      concepts: UNSPACED_TERMS.get(match[0]) ?? 0,
      start: start + match.index,
      end: start + match.index + match[0].length,
      word: word + last,
      english: false,
      before: '',
    })
  }
  return Math.max(last, Math.floor(run.length / 3))
}

function enter(lexicon: Lexicon, english: boolean): void {
  for (const [concept, words] of Object.entries(lexicon))
    for (const written of withoutAccents(words).split('|')) {
      const stem = written.endsWith('*')
      const phrase = stem ? written.slice(0, -1) : written
      const entry = { phrase, stem, concepts: CONCEPT[concept as Concept], english }
      const first = phrase.split(/[^\p{L}\p{M}\p{N}_-]/u, 1)[0] ?? phrase
      if (stem && first === phrase && phrase.length >= STEM_KEY)
        add(BY_STEM, phrase.slice(0, STEM_KEY), entry)
      else add(BY_WORD, first, entry)
    }
}

function add(map: Map<string, Entry[]>, key: string, entry: Entry): void {
  map.set(key, [...(map.get(key) ?? []), entry])
}

function isLetter(code: number): boolean {
  if (code < 128)
    return (code >= 97 && code <= 122) || (code >= 48 && code <= 57) || code === 95 || code === 45
  return !(
    code <= 0xbf ||
    (code >= 0x2000 && code <= 0x206f) ||
    (code >= 0x3000 && code <= 0x303f) ||
    code === 0xff0c ||
    code === 0xff01 ||
    code === 0xff1f ||
    (code >= 0x2190 && code <= 0x27bf) ||
    code === 0x60c ||
    code === 0x61f ||
    code === 0x964
  )
}

const TITLE = /(?:^|[^a-z])(?:dr|mr|mrs|ms|st|prof|vs|etc|no|jr)$/

function endsSentence(text: string, at: number, code: number): boolean {
  if (
    code === 10 ||
    code === 33 ||
    code === 63 ||
    code === 59 ||
    code === 0x3002 ||
    code === 0x61f ||
    code === 0x964
  )
    return true
  return code === 46 && !isLetter(text.charCodeAt(at + 1)) && !TITLE.test(text.slice(Math.max(0, at - 4), at))
}
