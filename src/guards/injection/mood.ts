import type { Idea } from './read.ts'

/** Words after which an English verb is an order; after any other word it is more likely told of. */
const BEFORE_ORDER =
  /^(?:please|kindly|pls|plz|and|then|now|also|must|should|shall|will|immediately|just|simply|instead|but|so|ok|okay|hey|hi|hello|well|lets|let|us|you|actually|first|next|finally|or|important|ai|assistant|chatgpt|claude|gemini|copilot|gpt|bot|agent|agents|model|to|do|always|completely|totally|entirely|fully|go|ahead)$/
const NEGATION = /^(?:not|never|dont|doesnt|didnt|wont|cannot|cant|without|no)$/
const ORDERED_TO =
  /\b(?:you|want|need|must|have|required|going|told|instructed|asked|free|allowed|ready|time|important|task|job|is|now|sure)(?: you)? to$/
const PERMITTED = /\byou (?:can|may|could|might)(?: (?:also|just|simply|now|safely|then))?$/
const TOLD_OF =
  /^(?:can|could|may|might|would|safely|we|they|it|which|that|i|he|she|does|did|users|developers|people|server|clients|compiler|parser|be|is|are|was|were|been|usually|who|if|when)$/

/** How some languages tell of what is done, rather than order it: by a passive, a reflexive or the plain form. */
const DONE_AHEAD =
  /(?: wird| werden| wurde| wurden| worden| se| si| es wird| zostan[^ ]{1,4}| blir| blev)(?: [^ ]{1,24}){0,6}$/
const DONE_BY_ONE =
  /(?: |^)(?:j ?ai|tu as|il a|elle a|on a|avons|avez|ont|he|has|ha|hemos|han|ho|habe|hat|haben)(?: deja| ya| gia)?$/
const DONE_BEHIND =
  /^\S{0,4}(?:ся|ться|ється|ються|ет|ют|є|ють|され|する|します|しない|しま|できる)(?![\p{L}])|^(?:され|する|しま|しない|できる)/u

/** Whether a verb is an order or only told of; most languages have more moods than are known here. */
export function mood(idea: Idea, text: string): number {
  if (!idea.english) return isToldOf(idea, text) ? 0.35 : 1
  if (idea.before === '') return 1
  const preceding = text.slice(Math.max(0, idea.start - 30), idea.start).trimEnd()
  if (/[.,:;>"“*)\]]$/.test(preceding)) return 1
  if (PERMITTED.test(preceding)) return 0.5
  if (NEGATION.test(idea.before)) return 0.3
  if (idea.before === 'to') return ORDERED_TO.test(preceding) ? 1 : 0.45
  if (TOLD_OF.test(idea.before)) return 0.45
  return BEFORE_ORDER.test(idea.before) ? 1 : 0.6
}

function isToldOf(idea: Idea, text: string): boolean {
  const ahead = text.slice(Math.max(0, idea.start - 60), idea.start).trimEnd()
  return (
    DONE_BEHIND.test(text.slice(idea.end, idea.end + 8)) ||
    DONE_BY_ONE.test(ahead) ||
    DONE_AHEAD.test(` ${ahead.slice(Math.max(ahead.lastIndexOf('. '), ahead.lastIndexOf(',')) + 1)}`)
  )
}

/** Whether a verb stands where an order begins. */
export function commands(idea: Idea, text: string): boolean {
  const preceding = text.slice(Math.max(0, idea.start - 30), idea.start).trimEnd()
  if (idea.before === 'to') return ORDERED_TO.test(preceding)
  return (
    idea.before === '' ||
    /^(?:please|kindly|and|then|now|you|also|must|immediately|should|will|lets)$/.test(idea.before) ||
    /[":,>\n]$/.test(preceding)
  )
}

const ABOUT =
  /\b(?:prompt[- ]injections?|injection attacks?|jailbreak(?:s|ing)? (?:attempts?|attacks?|prompts?)|adversarial|attackers?|malicious|red[- ]team|vulnerabilit(?:y|ies)|mitigations?|mitigates?|owasp|llm security|payloads?|threat model|guardrails?|detections?|detectors?)\b/g

/** How often a text speaks of attacks, as those do that warn of them. */
export function talksAboutIt(text: string): number {
  let count = 0
  for (const _ of text.matchAll(ABOUT)) count += 1
  return count
}

const INTRODUCED =
  /\b(?:e g|e\.g|for example|for instance|such as|examples?|like|phrases?|says?|saying|tells?|telling|instruct|instructs|instructed|contains?|containing|attempts?|attempting|tries|trying|tricks?|tricked|attacker|asks?|asked|can|whether)\b/

const QUOTES = /["“”«»„*]/

/** An order that is quoted in a text about such orders is an example of one. */
export function mention(text: string, first: Idea, last: Idea, about: number): number {
  const ahead = text.slice(Math.max(0, first.start - 80), first.start)
  const behind = text.slice(last.end, last.end + 120)
  const quoted =
    QUOTES.test(ahead.slice(ahead.lastIndexOf('\n') + 1)) && QUOTES.test(behind.split('\n', 1)[0] ?? '')
  const introduced = INTRODUCED.test(sinceSentence(ahead))
  if (about === 0) return quoted && introduced ? 0.6 : 1
  if (quoted && introduced) return 0.3
  if (quoted || introduced) return about >= 2 ? 0.5 : 0.65
  return about >= 3 ? 0.75 : 1
}

/** The part of a sentence that stands before its end here. */
function sinceSentence(ahead: string): string {
  const stop = Math.max(ahead.lastIndexOf('. '), ahead.lastIndexOf('\n'))
  return ahead.slice(Math.max(stop + 1, ahead.length - 60))
}
