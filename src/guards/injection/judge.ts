import { fold } from './fold.ts'
import { type InjectionClass, type Provenance, type Signal, type Who, whoWrote } from './signal.ts'
import { encodedParts } from './signals/encoded.ts'
import { hiddenCharacterSignals } from './signals/hidden-characters.ts'
import { concealedParts } from './signals/hidden-markup.ts'
import { ORDERS, orderSignals } from './signals/orders.ts'
import { MARKS, spoofingSignals } from './signals/spoofing.ts'

export interface InjectionJudgement {
  readonly verdict: 'allow' | 'flag'
  /** From 0 to 1: the signals together, as if each were an independent witness. */
  readonly score: number
  /** Of the strongest signal; absent if nothing was seen. */
  readonly class?: InjectionClass
  readonly rule?: Signal['rule']
  readonly reason?: string
  /** Counts from 1. */
  readonly line?: number
  /** The strongest first. */
  readonly signals: readonly Signal[]
}

export interface InjectionOptions {
  /** Data from the web if not said: nobody there may give orders. */
  readonly provenance?: Provenance
  /** Rules that are not asked. */
  readonly except?: readonly string[]
}

const FLAGGED_FROM = 0.55
const CHUNK = 32_768
const NEIGHBOURHOOD = 1_500
const MOST_NEIGHBOURS = 60

/** Judges whether a text tries to give orders to the model that reads it. Linear in the text; never throws. */
export function judgeInjection(text: string, options: InjectionOptions = {}): InjectionJudgement {
  const who = whoWrote(options.provenance ?? 'web')
  const isAsked = ({ rule }: { rule: string }) => options.except?.includes(rule) !== true
  const rules = { orders: ORDERS.filter(isAsked), marks: MARKS.filter(isAsked) }
  const everywhere = hiddenCharacterSignals(text).filter(isAsked)
  const placed = chunksOf(text)
    .flatMap(({ chunk, base }) => chunkSignals(chunk, base, who, rules))
    .filter(isAsked)
  const score = neighbourhoods(placed).reduce(
    (most, nearby) => Math.max(most, together([...nearby, ...everywhere])),
    together(everywhere),
  )
  const all = [...everywhere, ...placed]
  const signals = strongest(all)
  const first = signals[0]
  return {
    verdict: score >= FLAGGED_FROM ? 'flag' : 'allow',
    score: Math.round(score * 1000) / 1000,
    ...(first && {
      class: first.class,
      rule: first.rule,
      reason: first.reason,
      line: lineOf(text, first.start),
    }),
    signals,
  }
}

interface Rules {
  readonly orders: typeof ORDERS
  readonly marks: typeof MARKS
}

function chunkSignals(chunk: string, base: number, who: Who, { orders, marks }: Rules): Signal[] {
  const plain = [...orderSignals(fold(chunk, 0), who, orders), ...spoofingSignals(chunk, who, marks)]
  return [
    ...plain,
    ...concealedSignals(chunk, who, orders),
    ...decodedSignals(chunk, who, orders, plain),
  ].map((signal) => ({
    ...signal,
    start: signal.start + base,
    end: signal.end + base,
  }))
}

/** An order that a page hides is worse than one it shows. */
function concealedSignals(chunk: string, who: Who, orders: Rules['orders']): Signal[] {
  return concealedParts(chunk).flatMap(({ text, start, how }) => {
    const inner = orderSignals(fold(text, start), who === 'user' ? 'data' : who, orders)
    const weight = together(inner)
    if (weight < 0.2) return []
    return [
      {
        rule: 'injection.concealed-order',
        class: 'hidden-text',
        reason: `An order is hidden in ${how}.`,
        weight: who === 'repository' ? 0.35 : 0.5,
        start,
        end: start + Math.min(text.length, 120),
      } as const,
      ...inner,
    ]
  })
}

/** What a stretch says once decoded weighs more than if it were said openly. */
function decodedSignals(chunk: string, who: Who, orders: Rules['orders'], open: readonly Signal[]): Signal[] {
  const saidOpenly = new Set(open.map(({ rule }) => rule))
  return encodedParts(chunk).flatMap(({ text, start, end, how, whole }) => {
    const inner = orderSignals(
      fold(text.slice(0, CHUNK), 0),
      who === 'repository' ? 'data' : who,
      orders,
    ).filter(({ rule }) => whole === undefined || !saidOpenly.has(rule))
    const weight = together(inner)
    if (weight < 0.3) return []
    return [
      {
        rule: 'injection.encoded-order',
        class: 'encoded-payload',
        reason: `It holds an order written as ${how}: ${inner[0]?.reason ?? ''}`,
        weight: Math.min(0.9, weight + 0.2),
        start,
        end,
      } as const,
    ]
  })
}

/** Signals add up only where they stand together: an attack is one stretch of text, a long manual is many. */
function neighbourhoods(signals: readonly Signal[]): Signal[][] {
  const sorted = signals.toSorted((a, b) => a.start - b.start)
  let from = 0
  return sorted.map((signal, index) => {
    while ((sorted[from]?.start ?? 0) < signal.start - NEIGHBOURHOOD) from += 1
    return sorted.slice(Math.max(from, index - MOST_NEIGHBOURS), index + 1)
  })
}

function together(signals: readonly Signal[]): number {
  return 1 - strongest(signals).reduce((rest, { weight }) => rest * (1 - weight), 1)
}

/** Each rule once, with its strongest place, the strongest first. */
function strongest(signals: readonly Signal[]): Signal[] {
  const best = new Map<string, Signal>()
  for (const signal of signals)
    if (signal.weight > (best.get(signal.rule)?.weight ?? 0)) best.set(signal.rule, signal)
  return [...best.values()].toSorted((a, b) => b.weight - a.weight || a.start - b.start)
}

/** Long texts are read in pieces that end at a line where one is near; each piece overlaps the next a little. */
function chunksOf(text: string): { chunk: string; base: number }[] {
  if (text.length <= CHUNK) return [{ chunk: text, base: 0 }]
  const chunks: { chunk: string; base: number }[] = []
  for (let base = 0; base < text.length; ) {
    const newline = text.lastIndexOf('\n', base + CHUNK)
    const end =
      base + CHUNK >= text.length ? text.length : newline > base + CHUNK / 2 ? newline : base + CHUNK
    chunks.push({ chunk: text.slice(base, Math.min(text.length, end + 300)), base })
    base = end
  }
  return chunks
}

function lineOf(text: string, at: number): number {
  let line = 1
  for (
    let newline = text.indexOf('\n');
    newline !== -1 && newline < at;
    newline = text.indexOf('\n', newline + 1)
  )
    line += 1
  return line
}
