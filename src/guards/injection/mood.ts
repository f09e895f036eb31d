import type { Idea } from './read.ts'

const TELLS_OF_ANOTHER =
  /^(?:can|could|may|might|would|will|safely|we|they|it|which|that|i|he|she|does|did|users|developers|people|server|clients|compiler|parser|be|is|are|was|were|been|should|simply|just|also|then|usually|always|who|if)$/
const NEGATION = /^(?:not|never|dont|doesnt|didnt|wont|cannot|cant|without|no)$/
const ORDERED_TO =
  /\b(?:you|want|need|must|have|required|going|told|instructed|asked|free|allowed|ready|time|important|task|job|is|now)(?: you)? to$/

/** Whether a verb is an order or only told of; other languages have their own moods and are taken as orders. */
export function mood(idea: Idea, text: string): number {
  if (!idea.english) return 1
  const preceding = text.slice(Math.max(0, idea.start - 30), idea.start).trimEnd()
  if (
    /\b(?:you|youre) (?:must|should|will|can|may|shall|need to|have to|are to|now|just|simply|then|also|are)$|\b(?:must|please|now|and|then|so) (?:just|simply|also|then|now|always)$/.test(
      preceding,
    )
  )
    return 1
  if (NEGATION.test(idea.before)) return 0.3
  if (idea.before === 'to') return ORDERED_TO.test(preceding) ? 1 : 0.45
  return TELLS_OF_ANOTHER.test(idea.before) ? 0.45 : 1
}

/** Whether a verb stands where an order begins. */
export function commands(idea: Idea, text: string): boolean {
  return (
    idea.before === '' ||
    /^(?:please|kindly|and|then|now|to|you|also|must|immediately|should)$/.test(idea.before) ||
    /[":,>\n]\s*$/.test(text.slice(Math.max(0, idea.start - 3), idea.start))
  )
}

const ABOUT =
  /\b(?:prompt[- ]injections?|injection attacks?|jailbreak(?:s|ing)? (?:attempts?|attacks?|prompts?)|adversarial|attackers?|malicious|red[- ]team\w*|vulnerabilit\w+|mitigat\w+|owasp|llm security|payloads?|threat model|guardrails?|detection|detector)\b/g

/** How often a text speaks of attacks, as those do that warn of them. */
export function talksAboutIt(text: string): number {
  let count = 0
  for (const _ of text.matchAll(ABOUT)) count += 1
  return count
}

/** An order that is quoted in a text about such orders is an example of one. */
export function mention(text: string, first: Idea, last: Idea, about: number): number {
  const ahead = text.slice(Math.max(0, first.start - 80), first.start)
  const quoted =
    /["“”«‘„*][^"“”»’*\n]{0,78}$/.test(ahead) &&
    /^[^"“”»’*\n]{0,120}["“”»’*]/.test(text.slice(last.end, last.end + 121))
  const introduced =
    /\b(?:e g|e\.g\.?|for example|for instance|such as|example|examples|like|phrases?|says?|saying|instruct(?:s|ing|ed)?|contain(?:s|ing)?|attempt(?:s|ing)?|tries|trying|trick(?:s|ed|ing)?|attacker|asked)\b[^.\n]{0,60}$/.test(
      ahead,
    )
  if (about === 0) return quoted && introduced ? 0.6 : 1
  if (quoted && introduced) return 0.3
  if (quoted || introduced) return about >= 2 ? 0.5 : 0.7
  return about >= 3 ? 0.75 : 1
}
