import type { Attributes, SpanKind } from '@opentelemetry/api'
import type { EventBody } from '#contract/event.ts'
import { NAME } from './names.ts'

/** What of an event may leave: names, numbers and rules. Never what an agent, a model or a person wrote. */
export type Told =
  | {
      readonly as: 'span'
      readonly name: string
      readonly kind: SpanKind
      readonly milliseconds: number
      readonly attributes: Attributes
      readonly failed?: string
    }
  | { readonly as: 'event'; readonly name: string; readonly attributes: Attributes }

const INTERNAL = 0
const CLIENT = 2

/** One event as a span of its own, as an event of the step's span, or as nothing. */
export function told(body: EventBody): Told | undefined {
  switch (body.kind) {
    case 'model_call':
      return {
        as: 'span',
        name: `chat ${body.model}`,
        kind: CLIENT,
        milliseconds: body.milliseconds,
        attributes: {
          [NAME.operation]: 'chat',
          [NAME.provider]: body.provider,
          [NAME.model]: body.model,
          [NAME.inputTokens]: body.spend.inputTokens,
          [NAME.cachedTokens]: body.spend.cachedInputTokens,
          [NAME.outputTokens]: body.spend.outputTokens,
          [NAME.microDollars]: body.spend.microDollars,
          [NAME.status]: body.status,
          ...(body.redacted === undefined ? {} : { [NAME.redacted]: body.redacted }),
        },
        ...(body.status < 400 ? {} : { failed: String(body.status) }),
      }
    case 'command':
      return tool('shell', body.seconds, {
        ...(body.exitCode === undefined ? {} : { [NAME.exitCode]: body.exitCode }),
      })
    case 'file':
      return tool(`file.${body.action}`, undefined, {})
    case 'tool_call':
      return tool('other', undefined, body.outcome === undefined ? {} : { [NAME.outcome]: body.outcome })
    case 'gate':
      return {
        as: 'span',
        name: 'gate',
        kind: INTERNAL,
        milliseconds: body.seconds * 1_000,
        attributes: {
          [NAME.outcome]: body.outcome,
          [NAME.side]: body.side,
          [NAME.findings]: body.diagnostics,
        },
      }
    case 'refusal':
      return event('airlock.refusal', {
        [NAME.rule]: ruleName(body.refusal.rule),
        [NAME.boundary]: body.refusal.boundary,
      })
    case 'permission':
      return event('airlock.permission', { [NAME.outcome]: body.answer })
    case 'budget':
      return event('airlock.budget', { [NAME.outcome]: body.dimension })
    case 'agent_ended':
      return event('airlock.agent_ended', { [NAME.outcome]: body.ending })
    default:
      return undefined
  }
}

/** An agent that claims a refusal names its rule itself: what does not look like a rule is none. */
function ruleName(rule: string): string {
  return /^[a-z]{1,20}(?:\.[a-z-]{1,30}){1,3}$/.test(rule) ? rule : 'other'
}

function tool(name: string, seconds: number | undefined, attributes: Attributes): Told {
  return {
    as: 'span',
    name: `execute_tool ${name}`,
    kind: INTERNAL,
    milliseconds: (seconds ?? 0) * 1_000,
    attributes: { [NAME.operation]: 'execute_tool', [NAME.tool]: name, ...attributes },
  }
}

function event(name: string, attributes: Attributes): Told {
  return { as: 'event', name, attributes }
}
