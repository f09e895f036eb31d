import {
  type DetailedError,
  policySetTextToParts,
  policyToJson,
  validate,
} from '@cedar-policy/cedar-wasm/nodejs'
import type { Failure } from '#kernel/failure.ts'
import { ok, type Result, refused } from '#kernel/result.ts'
import { readApprovalNeed } from './approval-need.ts'
import { CONFIRMATIONS, type Confirmation, type Rule } from './rule.ts'
import { cedarSchema } from './schema.ts'
import { checkBounds } from './text-bounds.ts'

/** What a terminal would obey, or a reader would not see. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/u
const NAME = /^[a-z][a-z0-9]*(?:[.-][a-z0-9]+)*$/

/**
 * Reads policies from Cedar text. Each must carry `@id` and `@reason`, a `forbid` also `@remedy`, and may carry
 * `@confirm` or `@approvals`; each is checked against the schema, strictly. Templates are refused: who a rule is about must stand in it.
 */
export function readRules(text: string, origin: string): Result<readonly Rule[]> {
  const bounded = checkBounds(text, (offset) => `${origin}:${lineOf(text, offset)}`)
  if (!bounded.ok) return bounded
  const parts = policySetTextToParts(text)
  if (parts.type === 'failure')
    return refused(
      wrong(at(origin, text, parts.errors), firstOf(parts.errors), 'See docs/policies.md for the language.'),
    )
  if (parts.policy_templates.length > 0)
    return refused(
      wrong(
        `${origin}:${lineOf(text, text.indexOf('?'))}`,
        'It holds a template.',
        'Write the policy out, without ?principal or ?resource.',
      ),
    )
  const rules: Rule[] = []
  for (const policy of parts.policies) {
    const rule = readRule(policy, `${origin}:${lineOf(text, text.indexOf(policy))}`)
    if (!rule.ok) return rule
    if (rules.some(({ name }) => name === rule.value.name))
      return refused(
        wrong(
          `${origin}:${lineOf(text, text.lastIndexOf(policy))}`,
          `Two policies are called ${rule.value.name}.`,
          'Give each an @id of its own.',
        ),
      )
    rules.push(rule.value)
  }
  const invalid = problemOf(rules)
  if (invalid === undefined) return ok(rules)
  const { policy, message } = invalid
  const line = lineOf(text, policy === undefined ? -1 : text.indexOf(policy))
  return refused(wrong(`${origin}:${line}`, message, 'See docs/policies.md for what there is.'))
}

function readRule(text: string, origin: string): Result<Rule> {
  const read = policyToJson(text)
  if (read.type === 'failure') return refused(wrong(origin, firstOf(read.errors), 'See docs/policies.md.'))
  const { effect, annotations = {} } = read.json
  const { id, reason, remedy, confirm } = annotations
  if (id === undefined || id.length > 100 || !NAME.test(id))
    return refused(
      wrong(
        origin,
        `A policy has no good name: ${JSON.stringify(id ?? null)}.`,
        'Begin it with @id("…"): small letters, digits, dots and dashes.',
      ),
    )
  if (!reason)
    return refused(
      wrong(origin, `The policy ${id} gives no reason.`, 'Add @reason("…"): people are shown it.'),
    )
  if ([reason, remedy].some((words) => typeof words === 'string' && UNSEEN.test(words)))
    return refused(
      wrong(
        origin,
        `The policy ${id} speaks in characters that nobody sees.`,
        'Write @reason and @remedy without control characters or marks of direction: people are shown them.',
      ),
    )
  if (effect === 'forbid' && !remedy)
    return refused(
      wrong(
        origin,
        `The policy ${id} names no way out.`,
        'Add @remedy("…"): the smallest change that would allow it.',
      ),
    )
  if (confirm !== undefined && (effect !== 'forbid' || !isConfirmation(confirm)))
    return refused(
      wrong(
        origin,
        `The policy ${id} cannot be confirmed by ${JSON.stringify(confirm)}.`,
        `Use @confirm on a forbid, with one of ${CONFIRMATIONS.join(', ')}.`,
      ),
    )
  const { need, flaw } = readApprovalNeed(annotations)
  if (flaw !== undefined || (need !== undefined && (effect !== 'forbid' || confirm !== undefined)))
    return refused(
      wrong(
        origin,
        `The policy ${id} asks for approvals in a way that is not known: ${flaw ?? 'it is a permit, or has @confirm'}.`,
        'Use @approvals("2") on a forbid, with @by("admin") and @within("24h") where you like.',
      ),
    )
  return ok({
    name: id,
    effect,
    reason,
    text,
    ...(remedy ? { remedy } : {}),
    ...(confirm !== undefined && isConfirmation(confirm) ? { confirm } : {}),
    ...(need === undefined ? {} : { approvals: need }),
  })
}

function isConfirmation(text: string): text is Confirmation {
  return (CONFIRMATIONS as readonly string[]).includes(text)
}

function problemOf(
  rules: readonly Rule[],
): { readonly message: string; readonly policy?: string } | undefined {
  const staticPolicies = Object.fromEntries(rules.map(({ name, text }) => [name, text]))
  const answer = validate({ schema: cedarSchema(), policies: { staticPolicies } })
  if (answer.type === 'failure') return { message: firstOf(answer.errors) }
  const [first] = answer.validationErrors
  if (first === undefined) return undefined
  const { policyId, error } = first
  const policy = staticPolicies[policyId]
  return {
    message: `${policyId}: ${error.message}${error.help ? ` (${error.help})` : ''}`,
    ...(policy === undefined ? {} : { policy }),
  }
}

/** Where Cedar says that it is; its places are bytes, which is near enough in text that is nearly all ASCII. */
function at(origin: string, text: string, errors: readonly DetailedError[]): string {
  const start = errors[0]?.sourceLocations?.[0]?.start
  return start === undefined ? origin : `${origin}:${lineOf(text, start)}`
}

function lineOf(text: string, offset: number): number {
  return text.slice(0, Math.max(0, offset)).split('\n').length
}

function firstOf(errors: readonly { readonly message: string }[]): string {
  return errors[0]?.message ?? 'It cannot be read.'
}

function wrong(origin: string, message: string, remedy: string): Failure {
  return { code: 'invalid_configuration', rule: 'policy.text', message: `${origin}: ${message}`, remedy }
}
