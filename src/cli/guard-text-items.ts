import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { judgeInjection } from '#guards/injection/judge.ts'
import type { Provenance } from '#guards/injection/signal.ts'
import { findPersonalData } from '#guards/personal-data/find.ts'
import { findSecrets } from '#guards/secrets/find.ts'

export const TEXT_GUARDS = ['injection', 'secrets', 'personal-data'] as const
export type TextGuard = (typeof TEXT_GUARDS)[number]

/** One text to look at. */
export interface TextItem {
  readonly id: string | number
  readonly text?: string | undefined
  readonly path?: string | undefined
  readonly provenance?: Provenance | undefined
}

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
export interface TextVerdict {
  readonly id: string | number
  readonly verdict: 'allow' | 'flag'
  readonly guard?: TextGuard
  readonly class?: string
  readonly rule?: string
  readonly reason?: string
  readonly line?: number
  /** Of the injection guard, from 0 to 1. */
  readonly score?: number
  readonly signals?: readonly { readonly rule: string; readonly weight: number }[]
  readonly findings: readonly TextFinding[]
}

const LARGEST_FILE = 64 * 1024 * 1024

/** Looks at one text with the guards that are wanted. What cannot be read is flagged, never passed. */
export async function judgeItem(
  item: TextItem,
  guards: readonly TextGuard[],
  directory: string,
): Promise<TextVerdict> {
  const text = item.text ?? (await textOf(item.path, directory))
  if (text === undefined)
    return {
      id: item.id,
      verdict: 'flag',
      class: 'unreadable',
      rule: 'guard.unreadable',
      reason: 'The text cannot be read.',
      findings: [],
    }
  const injection = guards.includes('injection')
    ? judgeInjection(text, item.provenance ? { provenance: item.provenance } : {})
    : undefined
  const path = item.path === undefined ? {} : { path: item.path }
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
    ...(guards.includes('secrets') ? findSecrets(text, path).map((found) => told('secrets', found)) : []),
    ...(guards.includes('personal-data')
      ? findPersonalData(text).map((found) => told('personal-data', found))
      : []),
  ].toSorted(
    (a, b) =>
      TEXT_GUARDS.indexOf(a.guard) - TEXT_GUARDS.indexOf(b.guard) || RANK[b.confidence] - RANK[a.confidence],
  )
  const first = findings[0]
  return {
    id: item.id,
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

/** The text of a file, or nothing when it cannot be read or is beyond all measure. */
export async function textOf(path: string | undefined, directory: string): Promise<string | undefined> {
  if (path === undefined) return undefined
  try {
    const bytes = await readFile(resolve(directory, path))
    return bytes.length > LARGEST_FILE ? undefined : bytes.toString('utf8')
  } catch {
    return undefined
  }
}
