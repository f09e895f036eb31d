import { z } from 'zod'
import { BOUNDS } from '#contract/bounds.ts'
import { EventBody } from '#contract/event.ts'
import { Refusal } from '#contract/refusal.ts'
import type { AgentReport } from '../agent.ts'

const EVENT_KINDS = ['message', 'command', 'file'] as const

/** Wider than the contract: length is cut after parsing, so that a long claim is shortened and not lost. */
const Line = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('event'),
    body: EventBody.refine((body) => EVENT_KINDS.some((kind) => kind === body.kind)),
  }),
  z.strictObject({
    kind: z.literal('refusal'),
    refusal: Refusal.extend({ what: z.string(), reason: z.string(), remedy: z.string().optional() }),
  }),
  z.strictObject({ kind: z.literal('finished'), summary: z.string() }),
])

/**
 * Reads one line of the guest's output; undefined for noise. Never throws. The line is hostile: bounded before it is
 * parsed, stripped of control characters (it ends on terminals and in logs), cut to the length of an event.
 */
export function readReport(line: string): AgentReport | undefined {
  if (line.length > BOUNDS.agentLine || !line.startsWith('{')) return undefined
  const parsed = Line.safeParse(parseJson(line))
  if (!parsed.success) return undefined
  const report = parsed.data
  switch (report.kind) {
    case 'finished':
      return { kind: 'finished', summary: clean(report.summary) }
    case 'refusal': {
      const { rule, boundary, what, reason, remedy } = report.refusal
      return {
        kind: 'refusal',
        refusal: {
          rule: clean(rule, 100),
          boundary,
          what: clean(what, 2_000),
          reason: clean(reason, 2_000),
          ...(remedy !== undefined && { remedy: clean(remedy, 2_000) }),
        },
      }
    }
    case 'event':
      switch (report.body.kind) {
        case 'message':
          return { kind: 'event', body: { kind: 'message', text: clean(report.body.text) } }
        case 'command':
          return {
            kind: 'event',
            body: { ...report.body, command: clean(report.body.command), phase: 'run' },
          }
        case 'file':
          return { kind: 'event', body: { ...report.body, path: clean(report.body.path, 4_096) } }
        default:
          return undefined
      }
  }
}

/** One report as the line `readReport` reads back. */
export function reportLine(report: AgentReport): string {
  return `${JSON.stringify(shortened(report))}\n`
}

function shortened(report: AgentReport): AgentReport {
  if (report.kind === 'finished') return { ...report, summary: report.summary.slice(0, BOUNDS.eventText) }
  if (report.kind === 'event' && report.body.kind === 'message')
    return { ...report, body: { ...report.body, text: report.body.text.slice(0, BOUNDS.eventText) } }
  if (report.kind === 'event' && report.body.kind === 'command')
    return { ...report, body: { ...report.body, command: report.body.command.slice(0, BOUNDS.eventText) } }
  return report
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}

/** Newlines and tabs stay; every other control or invisible direction character goes, and lone surrogates with them. */
function clean(text: string, longest: number = BOUNDS.eventText): string {
  return text
    .slice(0, longest)
    .toWellFormed()
    .replace(/[^\P{Cc}\n\t]|[\u2028\u2029\u202a-\u202e\u2066-\u2069\u200e\u200f\ufeff]/gu, '')
}
