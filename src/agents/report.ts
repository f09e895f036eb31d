import { z } from 'zod'
import { BOUNDS } from '#contract/bounds.ts'
import { EventBody } from '#contract/event.ts'
import { Refusal } from '#contract/refusal.ts'
import type { AgentReport, Claim } from './agent.ts'

const CLAIMS: readonly EventBody['kind'][] = ['message', 'command', 'file', 'tool_call', 'permission']

/** Wider than the contract: length is cut after parsing, so that a long claim is shortened and not lost. */
const Line = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('event'),
    body: EventBody.refine((body) => CLAIMS.includes(body.kind)),
  }),
  z.strictObject({
    kind: z.literal('refusal'),
    refusal: Refusal.extend({ what: z.string(), reason: z.string(), remedy: z.string().optional() }),
  }),
  z.strictObject({ kind: z.literal('finished'), summary: z.string() }),
])

/**
 * Reads one line of Airlock's own guest programs; nothing for noise. Never throws. The line is hostile: bounded before
 * it is parsed, stripped of control characters (it ends on terminals and in logs), cut to the length of an event.
 */
export function readReport(line: string): readonly AgentReport[] {
  const parsed = Line.safeParse(parseLine(line))
  return parsed.success ? [cleaned(parsed.data as AgentReport)] : []
}

/** One report as the line `readReport` reads back. */
export function reportLine(report: AgentReport): string {
  return `${JSON.stringify(cleaned(report))}\n`
}

/** The JSON object on a line; undefined when it is too long, nests too deeply or holds none. */
export function parseLine(line: string): unknown {
  if (line.length > BOUNDS.agentLine || !line.startsWith('{') || nestsTooDeeply(line)) return undefined
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}

/** No event of an agent comes near. */
const DEEPEST = 100

/** JSON.parse reads any depth; JSON.stringify throws where the stack ends, and a line must never do that to the host. */
function nestsTooDeeply(json: string): boolean {
  let depth = 0
  let quoted = false
  for (let at = 0; at < json.length; at += 1) {
    const mark = json[at]
    if (quoted && mark === '\\') at += 1
    else if (mark === '"') quoted = !quoted
    else if (quoted) continue
    else if (mark === '{' || mark === '[') depth += 1
    else if (mark === '}' || mark === ']') depth -= 1
    if (depth > DEEPEST) return true
  }
  return false
}

/** A claim as it may be kept and shown: short, and without characters that a terminal would obey. */
export function cleaned(report: AgentReport): AgentReport {
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
      return { kind: 'event', body: cleanClaim(report.body) }
  }
}

function cleanClaim(body: Claim): Claim {
  switch (body.kind) {
    case 'message':
      return { kind: 'message', text: clean(body.text) }
    case 'command':
      return { ...body, command: clean(body.command), phase: 'run' }
    case 'file':
      return { ...body, path: clean(body.path, 4_096) }
    case 'tool_call':
      return { ...body, tool: clean(body.tool, 100), what: clean(body.what, 2_000) }
    case 'permission':
      return {
        ...body,
        what: clean(body.what, 2_000),
        ...(body.rule !== undefined && { rule: clean(body.rule, 100) }),
      }
  }
}

/** Newlines and tabs stay; every other control or invisible direction character goes, and lone surrogates with them. */
function clean(text: string, longest: number = BOUNDS.eventText): string {
  return text
    .slice(0, longest)
    .toWellFormed()
    .replace(/[^\P{Cc}\n\t]|[\u2028\u2029\u202a-\u202e\u2066-\u2069\u200e\u200f\ufeff]/gu, '')
}
