import { CONCEPT } from '../concepts.ts'
import type { Folded } from '../fold.ts'
import { commands, mention, mood, talksAboutIt } from '../mood.ts'
import { after, around, before, near, nearWord } from '../neighbours.ts'
import { type Idea, readIdeas, type Sentence } from '../read.ts'
import type { InjectionClass, Signal, Who } from '../signal.ts'

/** How much an order weighs by who wrote it. A person may shape a conversation; data may not. */
interface Weights {
  readonly data: number
  readonly user: number
  readonly repository: number
}

interface Order {
  readonly rule: Signal['rule']
  readonly class: InjectionClass
  readonly reason: string
  readonly weights: Weights
  /** The ideas of the sentence that make the order, or nothing; `factor` lessens it. */
  find(sentence: Sentence, text: string): { from: Idea; to: Idea; factor: number } | undefined
}

const {
  override,
  loosen,
  prior,
  every,
  instruction,
  matter,
  reveal,
  prompt,
  secret,
  your,
  user,
  hide,
  silent,
  role,
  free,
  persona,
  agent,
  fresh,
  send,
  belongings,
  answer,
  threat,
  tool,
  must,
  address,
  act,
  please,
  mine,
  steer,
  decode,
  safety,
} = CONCEPT

const REACH = 9

const ORDERS: readonly Order[] = [
  {
    rule: 'injection.override-instructions',
    class: 'override',
    reason: 'It tells the reader to drop the instructions it was given.',
    weights: { data: 0.85, user: 0.8, repository: 0.7 },
    find: (sentence, text) =>
      around(sentence, override, (idea) => {
        const target = near(sentence, idea, instruction, REACH)
        if (target === undefined || target === idea) return undefined
        const whose = near(sentence, idea, prior | your | safety, REACH, target)
        const all = whose ?? near(sentence, idea, every, REACH, target)
        if (all === undefined && idea.english) return undefined
        return { from: idea, to: target, factor: mood(idea, text) * (whose === undefined ? 0.75 : 1) }
      }),
  },
  {
    rule: 'injection.override-context',
    class: 'override',
    reason: 'It tells the reader to forget what came before.',
    weights: { data: 0.65, user: 0.62, repository: 0.45 },
    find: (sentence, text) =>
      around(sentence, override, (idea) => {
        const target = after(sentence, idea, matter | every, 6)
        const before =
          after(sentence, idea, prior, REACH) ??
          nearWord(
            text,
            idea,
            /\b(?:everything|anything|all (?:of )?(?:that|this|you know))\b|\bsaid\b|\btold\b/,
          )
        return target === undefined || before === undefined
          ? undefined
          : { from: idea, to: target, factor: mood(idea, text) }
      }),
  },
  {
    rule: 'injection.weak-override',
    class: 'override',
    reason: 'It asks to remove instructions or safety rules.',
    weights: { data: 0.5, user: 0.45, repository: 0.25 },
    find: (sentence, text) =>
      around(sentence, loosen, (idea) => {
        const target = after(sentence, idea, instruction | safety, 6)
        const whose = target && near(sentence, idea, prior | your, 6, target)
        return target === undefined || whose === undefined
          ? undefined
          : { from: idea, to: target, factor: mood(idea, text) }
      }),
  },
  {
    rule: 'injection.fresh-orders',
    class: 'override',
    reason: 'It gives new orders in place of the old.',
    weights: { data: 0.4, user: 0.25, repository: 0.15 },
    find: (sentence, text) =>
      around(sentence, fresh, (idea) => {
        const said = text.slice(idea.start, idea.end)
        const strong =
          /^(?:new|updated|revised|real|actual|your (?:new|real|actual|only)|override|neue|nouvelle|nueva|nova|nuov|nieuwe|now)/.test(
            said,
          ) || !idea.english
        return strong ? { from: idea, to: idea, factor: mood(idea, text) } : undefined
      }),
  },
  {
    rule: 'injection.reveal-prompt',
    class: 'prompt-leak',
    reason: 'It asks for the hidden prompt or instructions.',
    weights: { data: 0.7, user: 0.7, repository: 0.35 },
    find: (sentence, text) =>
      around(sentence, prompt, (idea) => {
        const verb = near(sentence, idea, reveal, idea.english ? 10 : REACH)
        if (
          verb === undefined ||
          (idea.english && verb.start > idea.start && !/^(?:verbatim|is|are)/.test(text.slice(verb.start)))
        )
          return undefined
        const own =
          /\byour?\b|\bgiven\b|above|beginning|start of/.test(text.slice(verb.start, idea.end)) ||
          !idea.english
        return { from: verb, to: idea, factor: mood(verb, text) * (own ? 1 : 0.7) }
      }),
  },
  {
    rule: 'injection.reveal-secret',
    class: 'prompt-leak',
    reason: 'It asks the reader to give away a secret.',
    weights: { data: 0.45, user: 0.6, repository: 0.15 },
    find: (sentence, text) =>
      around(sentence, secret, (idea) => {
        const verb = before(sentence, idea, reveal, 7)
        if (
          verb === undefined ||
          /\bhow\b|\breset\b|\bchange\b|\bforgot/.test(
            text.slice(Math.max(0, verb.start - 20), idea.end + 20),
          )
        )
          return undefined
        if (idea.english && !/\b(?:the|your|you)\b/.test(text.slice(verb.start, idea.start))) return undefined
        return { from: verb, to: idea, factor: mood(verb, text) }
      }),
  },
  {
    rule: 'injection.new-role',
    class: 'role-change',
    reason: 'It assigns the reader a new role.',
    weights: { data: 0.5, user: 0.35, repository: 0.1 },
    find: (sentence, text) =>
      around(sentence, role, (idea) => {
        const said = text.slice(idea.start, idea.end + 30)
        if (
          /^(?:become|switch to|simulat|embody|impersonate|you will be|going forward|transform into)/.test(
            said,
          ) &&
          near(sentence, idea, persona | agent | free, 8) === undefined
        )
          return undefined
        if (/^(?:act|acts|acting|behave) (?:as|like)/.test(said) && !commands(idea, text)) return undefined
        if (
          /^you (?:are (?:now|going to|about to)|will now|will be) (?:able|ready|see|have|be|need|find|using|in|on|logged|done|set|good|to|get|asked|prompted|familiar|the owner|redirected|required|notified|given|free|on the|at the|connected|safe)/.test(
            said,
          )
        )
          return undefined
        return { from: idea, to: idea, factor: 1 }
      }),
  },
  {
    rule: 'injection.persona',
    class: 'jailbreak',
    reason: 'It calls up a persona that is known for having no rules.',
    weights: { data: 0.6, user: 0.6, repository: 0.35 },
    find: (sentence) =>
      around(sentence, persona, (idea) => {
        const with_ = near(sentence, idea, role | free | override | agent, 14)
        return with_ === undefined || with_ === idea ? undefined : { from: idea, to: with_, factor: 1 }
      }),
  },
  {
    rule: 'injection.no-limits',
    class: 'jailbreak',
    reason: 'It says that the reader has no restrictions.',
    weights: { data: 0.5, user: 0.5, repository: 0.25 },
    find: (sentence) =>
      around(sentence, free, (idea) => {
        const with_ = near(sentence, idea, your | agent | role | persona, 14)
        return with_ === undefined || with_ === idea ? undefined : { from: idea, to: with_, factor: 1 }
      }),
  },
  {
    rule: 'injection.secrecy',
    class: 'secrecy',
    reason: 'It asks the reader to keep something from the user.',
    weights: { data: 0.55, user: 0.35, repository: 0.25 },
    find: (sentence) =>
      around(sentence, hide, (idea) => {
        const whom = near(sentence, idea, user, 5)
        return whom === undefined ? undefined : { from: idea, to: whom, factor: 1 }
      }),
  },
  {
    rule: 'injection.stealth',
    class: 'secrecy',
    reason: 'It asks for something to be done unseen.',
    weights: { data: 0.4, user: 0.2, repository: 0.15 },
    find: (sentence) =>
      around(sentence, silent, (idea) => {
        const what = near(sentence, idea, send | belongings | tool | act, 12)
        return what === undefined || what === idea ? undefined : { from: idea, to: what, factor: 1 }
      }),
  },
  {
    rule: 'injection.addresses-agent',
    class: 'agent-directed',
    reason: 'It speaks to the model that reads it, not to people.',
    weights: { data: 0.5, user: 0.15, repository: 0.1 },
    find: (sentence, text) =>
      around(sentence, agent, (idea) => {
        const before_ = text.slice(Math.max(0, idea.start - 60), idea.start)
        const called =
          /(?:\b(?:if|when|since|because) (?:you are|youre|you re|this is (?:being )?(?:read|processed|summari[sz]ed) by|an?|any) (?:a |an |the |any )?(?:[a-z-]+ ){0,2}|(?:^|[\n.!?:>*#"([] ?)(?:attention|important|note|notice|message|instructions?|reminder|dear|hey|hello|hi|hint|warning|command|directive|psa|to)[\s:,!-]*(?:to |for )?(?:all |any |the |every )?(?:[a-z-]+ ){0,2})$/.test(
            before_,
          )
        const order = near(
          sentence,
          idea,
          must | please | fresh | steer | override | send | reveal | tool,
          12,
        )
        return called && order !== undefined ? { from: idea, to: order, factor: 1 } : undefined
      }),
  },
  {
    rule: 'injection.steers-answer',
    class: 'agent-directed',
    reason: 'It dictates what the answer must be.',
    weights: { data: 0.3, user: 0.1, repository: 0.05 },
    find: (sentence, text) =>
      around(sentence, steer, (idea) => {
        const said = text.slice(idea.start, idea.end)
        const with_ = near(sentence, idea, answer | must | act | reveal | please, 8)
        return with_ === undefined ||
          with_ === idea ||
          /^(?:as follows|the (?:word|phrase)|begin with|start with|end with|start your|begin your|end your)/.test(
            said,
          )
          ? undefined
          : { from: idea, to: with_, factor: mood(idea, text) }
      }),
  },
  {
    rule: 'injection.send-belongings',
    class: 'exfiltration',
    reason: 'It asks to send private data to an address.',
    weights: { data: 0.7, user: 0.3, repository: 0.3 },
    find: (sentence, text) =>
      around(sentence, send, (idea) => {
        const what = near(sentence, idea, belongings | secret, 12)
        const where = what && near(sentence, idea, address, 24)
        if (what === undefined || where === undefined || where.start < idea.start) return undefined
        return { from: idea, to: where, factor: mood(idea, text) }
      }),
  },
  {
    rule: 'injection.acts-for-user',
    class: 'agent-directed',
    reason: 'Data orders an act on what belongs to the user.',
    weights: { data: 0.4, user: 0, repository: 0.05 },
    find: (sentence, text) =>
      around(sentence, act, (idea) => {
        if (!commands(idea, text)) return undefined
        const whose = after(sentence, idea, mine, 7)
        const what =
          whose &&
          (after(sentence, idea, belongings | secret | address, 20) ??
            nearWord(
              text,
              idea,
              /\b(?:account|bank|smart|device|lock|door|card|payment|home|friend|wallet|calendar|profile|camera|subscription|record)/,
            ))
        return whose === undefined || what === undefined ? undefined : { from: idea, to: whose, factor: 1 }
      }),
  },
  {
    rule: 'injection.uses-tools',
    class: 'agent-directed',
    reason: 'It orders the reader to use a tool.',
    weights: { data: 0.3, user: 0.05, repository: 0.05 },
    find: (sentence, text) =>
      around(sentence, tool, (idea) => {
        const order = before(sentence, idea, please | must | agent | your, 6)
        return order !== undefined &&
          /^(?:tool|plugin|mcp|function call|tool call|send_email|read_file|write_file|code interpreter)/.test(
            text.slice(idea.start),
          ) &&
          /\b(?:use|call|invoke|run|execute|using)\b/.test(text.slice(order.start, idea.end))
          ? { from: order, to: idea, factor: 1 }
          : undefined
      }),
  },
  {
    rule: 'injection.pressure',
    class: 'jailbreak',
    reason: 'It threatens or bribes the reader.',
    weights: { data: 0.35, user: 0.3, repository: 0.15 },
    find: (sentence, text) => {
      return around(sentence, threat, (idea) =>
        /\byou\b|tip|reward|die/.test(text.slice(Math.max(0, idea.start - 80), idea.end + 60))
          ? { from: idea, to: idea, factor: 1 }
          : undefined,
      )
    },
  },
  {
    rule: 'injection.decode-and-follow',
    class: 'encoded-payload',
    reason: 'It asks to decode something and do what it says.',
    weights: { data: 0.5, user: 0.4, repository: 0.15 },
    find: (sentence, text) =>
      around(sentence, decode, (idea) => {
        const follow =
          /\b(?:follow|execute|obey|comply|carry out|do what|respond to|answer)\b[^.\n]{0,40}\b(?:it|instructions?|decoded|result|them|message|what it says|command)/.exec(
            text.slice(idea.start, idea.end + 120),
          )
        return follow === null ? undefined : { from: idea, to: idea, factor: mood(idea, text) }
      }),
  },
]

/** Orders to the reader in whatever language, sentence by sentence; each rule speaks once, with its strongest place. */
export function orderSignals(folded: Folded, who: Who): Signal[] {
  const best = new Map<string, Signal>()
  const about = talksAboutIt(folded.text)
  for (const sentence of readIdeas(folded))
    for (const order of ORDERS) {
      if (order.weights[who] === 0) continue
      const found = order.find(sentence, folded.text)
      if (found === undefined) continue
      const [first, last] =
        found.from.start <= found.to.start ? [found.from, found.to] : [found.to, found.from]
      const weight = order.weights[who] * found.factor * mention(folded.text, first, last, about)
      if (weight <= (best.get(order.rule)?.weight ?? 0.1)) continue
      best.set(order.rule, {
        rule: order.rule,
        class: order.class,
        reason: order.reason,
        weight,
        start: folded.origin(first.start),
        end: folded.origin(Math.max(last.end, first.end) - 1) + 1,
      })
    }
  return [...best.values()]
}

/** The names of all rules here; a test removes each in turn. */
export const ORDER_RULES: readonly string[] = ORDERS.map(({ rule }) => rule)
