import { type Document, LineCounter, parseDocument, visit } from 'yaml'
import { z } from 'zod'
import type { Failure } from '#kernel/failure.ts'
import { ok, type Result, refused } from '#kernel/result.ts'
import { ACTIONS, type ActionName } from './action.ts'
import type { Engine } from './cedar/engine.ts'
import { FACTS } from './cedar/facts.ts'
import type { Rule } from './cedar/rule.ts'
import { type Effect, refusalOf } from './decide.ts'
import { isAboutPolicies } from './organisation-rules.ts'
import { projectPlace } from './place.ts'
import { ROLES } from './role.ts'
import { decideSample, SAMPLE_FACTS, SAMPLE_PLACE, type Sample, type SampleFacts } from './sample.ts'

/** What a policy's writer says it does, and where they said it. */
export interface Example extends Sample {
  readonly name: string
  readonly expect: Effect
  readonly line: number
}

const LONGEST = 256 * 1024

const KINDS = { person: 'User', 'service-account': 'ServiceAccount', system: 'System' } as const

const SHAPES = {
  String: z.string().max(500),
  Long: z.int(),
  Bool: z.boolean(),
  'Set<String>': z.array(z.string().max(500)).max(500),
} as const

/** Facts that somebody makes up, each of its kind. */
export const WrittenFacts = z.strictObject(
  Object.fromEntries(SAMPLE_FACTS.map((name) => [name, SHAPES[FACTS[name].type].optional()])),
)

const WrittenExample = z.strictObject({
  name: z.string().min(1).max(200),
  action: z.custom<ActionName>(
    (name) =>
      typeof name === 'string' && Object.hasOwn(ACTIONS, name) && !isAboutPolicies(name as ActionName),
    'names no action that policies have a say in; docs/roles.md lists them',
  ),
  as: z.enum(ROLES),
  kind: z.enum(['person', 'service-account', 'system']).default('person'),
  project: z.string().max(100).optional(),
  facts: WrittenFacts.default({}),
  expect: z.enum(['allow', 'confirm', 'deny']),
})

/** Reads examples from YAML: a list of `{ name, action, as, kind, project, facts, expect }`. */
export function readExamples(text: string, origin: string): Result<readonly Example[]> {
  if (text.length > LONGEST) return refused(untrue(origin, 1, 'it is too long'))
  const lines = new LineCounter()
  const document = parseDocument(text, { schema: 'core', stringKeys: true, lineCounter: lines })
  const lineOf = (path: readonly PropertyKey[]) => {
    for (let length = path.length; length > 0; length--) {
      const node = document.getIn(path.slice(0, length), true) as { range?: [number] } | undefined
      if (node?.range) return lines.linePos(node.range[0]).line
    }
    return 1
  }
  const [error] = document.errors
  if (error !== undefined)
    return refused(untrue(origin, lines.linePos(error.pos[0]).line, error.message.split('\n')[0] ?? ''))
  if (hasAlias(document))
    return refused(untrue(origin, 1, 'an alias stands for something else: write it out'))
  const parsed = z
    .array(WrittenExample)
    .max(500)
    .safeParse(document.toJS() ?? [])
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    const where = issue?.path.slice(1).map(String).join('.')
    return refused(untrue(origin, lineOf(issue?.path ?? []), `${where}: ${issue?.message ?? 'is wrong'}`))
  }
  return ok(
    parsed.data.map(({ name, action, as, kind, project, facts, expect }, index) => ({
      name,
      action,
      role: as,
      kind: KINDS[kind],
      place: project === undefined ? SAMPLE_PLACE : projectPlace(SAMPLE_PLACE.organisation, project),
      facts: facts as SampleFacts,
      expect,
      line: lineOf([index]),
    })),
  )
}

/** Few lines with aliases can stand for millions. */
function hasAlias(document: Document.Parsed): boolean {
  let found = false
  visit(document, {
    Alias: () => {
      found = true
      return visit.BREAK
    },
  })
  return found
}

/** Every example must be true, and every rule must speak in one: a rule nobody showed at work is not known to work. */
export function checkExamples(
  engine: Engine,
  rules: readonly Rule[],
  examples: readonly Example[],
  origin: string,
): Result<void> {
  const heard = new Set<string>()
  for (const example of examples) {
    const decision = decideSample(engine, example)
    for (const { rule } of decision.rules) heard.add(rule)
    if (decision.effect === example.expect) continue
    const why = decision.effect === 'allow' ? 'no rule forbids it' : refusalOf(decision).message
    const got = `\`${example.name}\` should be ${example.expect}, and is ${decision.effect}: ${why}`
    return refused(untrue(origin, example.line, got))
  }
  const silent = rules.find(({ name }) => !heard.has(name))
  if (silent !== undefined) return refused(untrue(origin, 1, `no example makes ${silent.name} speak`))
  if (!examples.some(({ expect }) => expect === 'allow'))
    return refused(untrue(origin, 1, 'no example shows what is still allowed'))
  return ok(undefined)
}

function untrue(origin: string, line: number, what: string): Failure {
  return {
    code: 'invalid_configuration',
    rule: 'policy.examples',
    message: `${origin}:${line}: ${what}`,
    remedy: 'Mend the policy or its examples; `airlock policy test FILE` tries them.',
    details: { line },
  }
}
