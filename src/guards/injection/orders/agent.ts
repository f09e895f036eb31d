import { CONCEPT } from '../concepts.ts'
import { commands, mood } from '../mood.ts'
import { after, around, before, near, nearWord } from '../neighbours.ts'
import type { Order } from '../order.ts'

const {
  override,
  reveal,
  secret,
  agent,
  fresh,
  send,
  belongings,
  answer,
  tool,
  must,
  address,
  act,
  please,
  mine,
  steer,
  decode,
} = CONCEPT

/** `If you are an AI …`, `Note to AI agents: …`: the reader is called by what it is. */
const CALLED = [
  /\b(?:if|when|since|because|as) (?:you are|youre|you re|this is (?:being )?(?:read|processed|summari[sz]ed) by|an?|any) (?:a |an |the |any )?(?:[a-z-]+ ){0,2}$/,
  /(?:^|[\n.!?:>*#"([] ?)(?:attention|important|note|notice|message|instructions?|reminder|dear|hey|hello|hi|hint|warning|command|directive|psa|to(?= (?:all|any|the|every)))[\s:,!-]*(?:message )?(?:to |for )?(?:all |any |the |every )?(?:[a-z-]+ ){0,2}$/,
  /(?:^|[\n.!?:>*#"([] ?)(?:all |any |the |every )?$/,
]

/** Orders that only a model would carry out. */
export const AGENT_ORDERS: readonly Order[] = [
  {
    rule: 'injection.addresses-agent',
    class: 'agent-directed',
    reason: 'It speaks to the model that reads it, not to people.',
    weights: { data: 0.62, user: 0.15, repository: 0.12 },
    find: (sentence, text) =>
      around(sentence, agent, (idea) => {
        const ahead = text.slice(Math.max(0, idea.start - 60), idea.start)
        const called = CALLED.findIndex((form) => form.test(ahead))
        const order = near(
          sentence,
          idea,
          must | please | fresh | steer | override | send | reveal | tool,
          14,
        )
        if (order === undefined || order === idea || called === -1) return undefined
        if (called === 2 && /^(?:the|agents?|bot|cursor|ai (?:tool|crawler))/.test(text.slice(idea.start)))
          return undefined
        if (called === 2 && !/^[\w -]{0,30}: ?\S/.test(text.slice(idea.end, idea.end + 40))) return undefined
        if (called === 0 && /\b(?:as|when) an? [\w -]{0,20}$/.test(ahead)) return undefined
        return { from: idea, to: order, factor: called === 2 ? 0.8 : 1 }
      }),
  },
  {
    rule: 'injection.steers-answer',
    class: 'agent-directed',
    reason: 'It dictates what the answer must be.',
    weights: { data: 0.3, user: 0.1, repository: 0.05 },
    find: (sentence, text) =>
      around(sentence, steer, (idea) => {
        const other = near(sentence, idea, answer | must | act | reveal | please | override, 8)
        const said = text.slice(idea.start, idea.end)
        if (
          other === undefined ||
          other === idea ||
          /^(?:as follows|the (?:word|phrase)|begin with|start with|end with|start your|begin your|end your|just print|conclude)/.test(
            said,
          )
        )
          return undefined
        const strong =
          /^your (?:response|answer|repl|output|summary|final|review)|review|respond (?:only|with|exactly)|every response|all (?:future )?responses/.test(
            said,
          )
        return { from: idea, to: other, factor: mood(idea, text) * (strong ? 1.3 : 0.8) }
      }),
  },
  {
    rule: 'injection.acts-for-user',
    class: 'agent-directed',
    reason: 'Data orders an act on what belongs to the user.',
    weights: { data: 0.15, tool: 0.62, user: 0, repository: 0 },
    find: (sentence, text) =>
      around(sentence, act, (idea) => {
        if (!commands(idea, text)) return undefined
        const whose = after(sentence, idea, mine, 9)
        const what =
          whose &&
          (after(sentence, idea, belongings | secret | address, 22) ??
            nearWord(
              text,
              idea,
              /\b(?:accounts?|bank|smart|device|lock|door|card|payment|home|friend|wallet|calendar|profile|camera|subscription|records?|emails?|files?|inbox|app|money|addresses)\b/,
            ))
        return whose === undefined || what === undefined ? undefined : { from: idea, to: whose, factor: 1 }
      }),
  },
  {
    rule: 'injection.uses-tools',
    class: 'agent-directed',
    reason: 'It orders the reader to use a tool.',
    weights: { data: 0.3, tool: 0.45, user: 0.05, repository: 0.05 },
    find: (sentence, text) =>
      around(sentence, tool, (idea) => {
        const order = before(sentence, idea, please | must | agent, 8)
        if (
          order === undefined ||
          !/^(?:tools?\b|plugin|mcp|function call|tool call|send_email|read_file|write_file|code interpreter|terminal|shell|bash|command)/.test(
            text.slice(idea.start),
          )
        )
          return undefined
        return /\b(?:use|call|invoke|run|execute|using)\b/.test(text.slice(order.start, idea.end))
          ? { from: order, to: idea, factor: 1 }
          : undefined
      }),
  },
  {
    rule: 'injection.decode-and-follow',
    class: 'encoded-payload',
    reason: 'It asks to decode something and do what it says.',
    weights: { data: 0.5, user: 0.4, repository: 0.15 },
    find: (sentence, text) =>
      around(sentence, decode, (idea) => {
        const next = text.slice(idea.start, idea.end + 120)
        const follows =
          /\b(?:follow|execute|obey|comply|carry out|do what|respond to|answer)\b[^.\n]{0,40}\b(?:it|instructions?|decoded|result|them|message|what it says|command)/.test(
            next,
          )
        return follows ? { from: idea, to: idea, factor: mood(idea, text) } : undefined
      }),
  },
]
