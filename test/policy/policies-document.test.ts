import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { FACTS } from '#policy/cedar/facts.ts'
import { STANDING_RULES } from '#policy/cedar/standing-rules.ts'
import { organisationRules, type PolicyFile, readPolicyFile } from '#policy/policy-file.ts'

const ROOT = join(import.meta.dirname, '../..')
const DOCUMENT = readFileSync(join(ROOT, 'docs/policies.md'), 'utf8')

test('docs/policies.md lists every fact that a policy may read', () => {
  const rows = Object.entries(FACTS).map(
    ([name, { type, always, meaning }]) =>
      `| \`${name}\` | ${type} | ${always ? 'always' : 'where it is known'} | ${meaning} |`,
  )
  expect(DOCUMENT).toContain(
    ['| fact | type | given | meaning |', '|---|---|---|---|', ...rows, ''].join('\n'),
  )
})

test('docs/policies.md lists every standing rule', () => {
  const rows = STANDING_RULES.map(({ name, reason }) => `| \`${name}\` | ${reason} |`)
  expect(DOCUMENT).toContain(['| rule | what it says |', '|---|---|', ...rows, ''].join('\n'))
})

test('the policies of this repository hold, one by one and together, and the document tells of each', () => {
  const files = policyFiles()
  expect(files.map(({ name }) => name)).toEqual([
    'channels',
    'infrastructure',
    'night',
    'production',
    'two-approvers',
  ])
  for (const file of files) {
    expect({ name: file.name, read: readPolicyFile(file).ok }).toEqual({ name: file.name, read: true })
    expect(DOCUMENT).toContain(`../policies/${file.name}.cedar`)
  }
  expect(organisationRules(files).ok).toBe(true)
})

test('the smallest untruth in the examples of these policies is found', () => {
  for (const file of policyFiles()) {
    const lines = file.examples.split('\n')
    const told = lines.flatMap((line, index) => (/^ {2}expect: /.test(line) ? [index] : []))
    expect(told.length).toBeGreaterThan(2)
    for (const index of told) {
      const other = lines[index]?.endsWith('allow') ? 'deny' : 'allow'
      const examples = lines.with(index, `  expect: ${other}`).join('\n')
      const read = readPolicyFile({ ...file, examples })
      expect(read).toMatchObject({ ok: false, failure: { rule: 'policy.examples' } })
    }
  }
})

function policyFiles(): PolicyFile[] {
  const directory = join(ROOT, 'policies')
  return readdirSync(directory)
    .filter((name) => name.endsWith('.cedar'))
    .sort()
    .map((name) => ({
      name: name.replace('.cedar', ''),
      text: readFileSync(join(directory, name), 'utf8'),
      examples: readFileSync(join(directory, name.replace('.cedar', '.examples.yaml')), 'utf8'),
    }))
}
