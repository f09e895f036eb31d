import type { Idea, Sentence } from './read.ts'

export function around<Found>(
  sentence: Sentence,
  concept: number,
  see: (idea: Idea) => Found | undefined,
): Found | undefined {
  for (const idea of sentence)
    if ((idea.concepts & concept) !== 0) {
      const found = see(idea)
      if (found !== undefined) return found
    }
  return undefined
}

export function near(
  sentence: Sentence,
  idea: Idea,
  concept: number,
  reach: number,
  except?: Idea,
): Idea | undefined {
  return sentence.find(
    (other) =>
      other !== except && (other.concepts & concept) !== 0 && Math.abs(other.word - idea.word) <= reach,
  )
}

export function after(sentence: Sentence, idea: Idea, concept: number, reach: number): Idea | undefined {
  return sentence.find(
    (other) =>
      other.start > idea.start && (other.concepts & concept) !== 0 && other.word - idea.word <= reach,
  )
}

export function before(sentence: Sentence, idea: Idea, concept: number, reach: number): Idea | undefined {
  return sentence.findLast(
    (other) =>
      other.start < idea.start && (other.concepts & concept) !== 0 && idea.word - other.word <= reach,
  )
}

export function nearWord(text: string, idea: Idea, pattern: RegExp): Idea | undefined {
  return pattern.test(text.slice(idea.end, idea.end + 120)) ? idea : undefined
}

const SENTENCE_END = /[.!?;\n](?: |$)/g
const REACH = 140

/** The words of the sentence that was asked about last: several orders ask about the same one. */
let latest: { readonly sentence: Sentence; readonly words: string } | undefined

/** The words of a sentence, those before and behind its ideas too. */
export function wording(sentence: Sentence, text: string): string {
  if (latest?.sentence !== sentence) latest = { sentence, words: wordsAround(sentence, text) }
  return latest.words
}

function wordsAround(sentence: Sentence, text: string): string {
  const [first, last] = [sentence[0], sentence.at(-1)]
  if (first === undefined || last === undefined) return ''
  const ahead = text.slice(Math.max(0, first.start - REACH), first.start)
  const cut = [...ahead.matchAll(SENTENCE_END)].at(-1)
  const behind = text.slice(last.end, last.end + REACH).split(/[.!?;\n](?: |$)/, 1)[0] ?? ''
  const start = first.start - ahead.length + (cut === undefined ? 0 : cut.index + 1)
  return text.slice(start, Math.min(last.end, start + 1_200)) + behind
}

/** The first idea that carries one of these concepts. */
export function anchor(sentence: Sentence, concepts: number): Idea | undefined {
  return sentence.find((idea) => (idea.concepts & concepts) !== 0)
}
