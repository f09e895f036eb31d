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
