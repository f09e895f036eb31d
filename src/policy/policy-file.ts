import { digestOf } from '#kernel/bytes.ts'
import { canonicalJson } from '#kernel/canonical-json.ts'
import { ok, type Result } from '#kernel/result.ts'
import { createEngine } from './cedar/engine.ts'
import { roleRules } from './cedar/role-rules.ts'
import type { Rule } from './cedar/rule.ts'
import { STANDING_RULES } from './cedar/standing-rules.ts'
import { checkExamples, type Example, readExamples } from './examples.ts'
import { readOrganisationRules, together } from './organisation-rules.ts'

/** `NAME.cedar` and the `NAME.examples.yaml` beside it, as they were written. */
export interface PolicyFile {
  readonly name: string
  readonly text: string
  readonly examples: string
}

export interface ReadPolicyFile {
  readonly name: string
  readonly rules: readonly Rule[]
  readonly examples: readonly Example[]
}

/** Reads a policy and holds it to its examples, together with what stands and nothing else: the same answer everywhere. */
export function readPolicyFile(file: PolicyFile): Result<ReadPolicyFile> {
  const { name, text, examples } = file
  const key = digestOf(canonicalJson({ name, text, examples }))
  const known = judged.get(key)
  if (known !== undefined) return known
  const read = judge(file)
  if (judged.size >= MOST_JUDGED) judged.clear()
  judged.set(key, read)
  return read
}

/** The same text is always read the same way, and to read it takes a good part of a second: lists show many. */
const judged = new Map<string, Result<ReadPolicyFile>>()
const MOST_JUDGED = 500

function judge({ name, text, examples }: PolicyFile): Result<ReadPolicyFile> {
  const rules = readOrganisationRules(text, `${name}.cedar`)
  if (!rules.ok) return rules
  const read = readExamples(examples, `${name}.examples.yaml`)
  if (!read.ok) return read
  const engine = createEngine([...STANDING_RULES, ...roleRules(), ...rules.value], 'examples')
  const checked = checkExamples(engine, rules.value, read.value, `${name}.examples.yaml`)
  return checked.ok ? ok({ name, rules: rules.value, examples: read.value }) : checked
}

/** The rules of all files of an organisation together; refuses where one is not true any more. */
export function organisationRules(files: readonly PolicyFile[]): Result<readonly Rule[]> {
  const read: ReadPolicyFile[] = []
  for (const file of files) {
    const each = readPolicyFile(file)
    if (!each.ok) return each
    read.push(each.value)
  }
  return together(read)
}
