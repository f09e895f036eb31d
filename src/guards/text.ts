import { judgeInjection } from './injection/judge.ts'
import type { Provenance } from './injection/signal.ts'
import { findPersonalData } from './personal-data/find.ts'
import { findSecrets } from './secrets/find.ts'

export const TEXT_GUARDS = ['injection', 'secrets', 'personal-data'] as const
export type TextGuard = (typeof TEXT_GUARDS)[number]

export interface TextFinding {
  readonly guard: TextGuard
  readonly class: string
  readonly rule: string
  readonly reason: string
  /** Counts from 1. */
  readonly line: number
  readonly confidence: 'high' | 'medium' | 'low'
}

/** What is said of one text: the gravest finding in front, all of them behind. */
export interface TextJudgement {
  readonly verdict: 'allow' | 'flag'
  readonly guard?: TextGuard
  readonly class?: string
  readonly rule?: string
  readonly reason?: string
  readonly line?: number
  /** Of the injection guard, from 0 to 1. */
  readonly score?: number
  readonly signals?: { readonly rule: string; readonly weight: number }[]
  readonly findings: TextFinding[]
}

export interface TextContext {
  readonly guards?: readonly TextGuard[] | undefined
  readonly provenance?: Provenance | undefined
  /** Where the text is from, if it is a file. */
  readonly path?: string | undefined
}

/** Looks at one text with the guards that are wanted, all if not said. */
export function judgeText(
  text: string,
  { guards = TEXT_GUARDS, provenance, path }: TextContext,
): TextJudgement {
  const injection = guards.includes('injection')
    ? judgeInjection(text, provenance ? { provenance } : {})
    : undefined
  const findings: TextFinding[] = [
    ...(injection?.verdict === 'flag' && injection.rule && injection.class
      ? [
          {
            guard: 'injection' as const,
            class: injection.class,
            rule: injection.rule,
            reason: injection.reason ?? '',
            line: injection.line ?? 1,
            confidence: injection.score >= 0.8 ? ('high' as const) : ('medium' as const),
          },
        ]
      : []),
    ...(guards.includes('secrets')
      ? findSecrets(text, path === undefined ? {} : { path }).map((found) => told('secrets', found))
      : []),
    ...(guards.includes('personal-data')
      ? findPersonalData(text).map((found) => told('personal-data', found))
      : []),
  ].toSorted(
    (a, b) =>
      TEXT_GUARDS.indexOf(a.guard) - TEXT_GUARDS.indexOf(b.guard) || RANK[b.confidence] - RANK[a.confidence],
  )
  const first = findings[0]
  return {
    verdict: first === undefined ? 'allow' : 'flag',
    ...(first && {
      guard: first.guard,
      class: first.class,
      rule: first.rule,
      reason: first.reason,
      line: first.line,
    }),
    ...(injection && {
      score: injection.score,
      signals: injection.signals.map(({ rule, weight }) => ({
        rule,
        weight: Math.round(weight * 1000) / 1000,
      })),
    }),
    findings,
  }
}

const RANK = { high: 2, medium: 1, low: 0 } as const

function told(guard: TextGuard, found: Omit<TextFinding, 'guard'>): TextFinding {
  return {
    guard,
    class: found.class,
    rule: found.rule,
    reason: found.reason,
    line: found.line,
    confidence: found.confidence,
  }
}
