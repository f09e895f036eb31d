import { readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { decodeEntry } from '#audit/entry.ts'
import { createClient } from '#cli/client.ts'
import { readPolicyDraft } from '#cli/policy-files.ts'
import { readToken, tokenFile } from '#cli/server-record.ts'
import type { Task } from '#contract/task.ts'
import { utf8 } from '#kernel/bytes.ts'
import { given, type Journey, type RunningServer, refusal, startJourney } from '#test/support/journey.ts'
import { create, type Run } from '#test/support/journey-model.ts'

const OURS = resolve(import.meta.dirname, '../../policies')
const CONFIRMED = (method: string) => ({
  text: `@id("new-files.confirmed") @reason("New files are confirmed.") @remedy("Confirm it.") @confirm("${method}")
forbid(principal, action == Airlock::Action::"review.approve", resource)
when { context has files && context.files.contains("src/new.txt") };`,
  examples: `
- { name: new, action: review.approve, as: owner, facts: { files: [src/new.txt] }, expect: confirm }
- { name: other, action: review.approve, as: owner, facts: { files: [src/old.txt] }, expect: allow }
`,
})
const WORK: Run = [create('src/new.txt', 'new\n')]
const INFRA: Run = [create('infra/prod/main.tf', 'x\n'), create('.github/workflows/ci.yml', 'on: push\n')]

let journey: Journey
let server: RunningServer
beforeAll(async () => {
  journey = await startJourney()
  server = await journey.serve()
  journey.model.play('work', WORK)
  journey.model.play('infra', INFRA)
})
afterAll(() => journey.close())

test('what is to be confirmed is refused until it is, in the way the policy asks for, and for this very patch', async () => {
  const task = await ready('work')
  const token = given(await readToken(tokenFile(journey.dataDirectory)))
  const request = { patchDigest: task.patch?.digest ?? '', message: 'Approved' }
  const refusedWith = async (confirmation?: string) =>
    refusal(await createClient({ url: server.client.url, token, confirmation }).approve(task.id, request))

  await set('code')
  const asked = await refusedWith()
  expect(asked).toMatchObject({
    code: 'confirmation_needed',
    rule: 'new-files.confirmed',
    details: { method: 'code', code: expect.stringMatching(/^[0-9a-f]{6}$/) },
  })
  const code = String(asked.details?.code)
  for (const wrong of ['yes', 'code 000000', `code ${code}0`, code])
    expect(await refusedWith(wrong)).toMatchObject({ code: 'confirmation_needed' })
  await set('other-person')
  expect(given(await server.client.approve(task.id, request))).toMatchObject({
    state: 'awaiting_review',
    approvals: { needed: 2, missing: [{ rule: 'new-files.confirmed', count: 1 }] },
  })
  await set('yes')
  expect(await refusedWith()).toMatchObject({ code: 'confirmation_needed', details: { method: 'yes' } })
  expect((await journey.airlock('approve', `${task.number}`, '--yes', '--confirm', 'yes')).exit).toBe(0)
  await server.reaches(task.number, 'published')
  const { sequence } = given(await server.client.policies())
  given(await server.client.removePolicy('new-files', sequence))
})

test('a policy is set with what it changes in sight, forbids from then on, and is explained and replayed', async () => {
  const task = await ready('infra')
  expect(task.risk).toEqual({ level: 'high', reasons: ['It changes what CI runs.'] })
  const set = await journey.airlock('policy', 'set', join(OURS, 'infrastructure.cedar'))
  expect(set).toMatchObject({ exit: 0, out: expect.stringContaining('infrastructure is set.') })
  expect(set.err).toContain('This newly refuses review.approve to maintainer when directories')

  const explained = given(
    await server.client.explainDecision({ action: 'review.approve', task: task.id, as: 'maintainer' }),
  )
  expect(explained).toMatchObject({
    effect: 'deny',
    risk: 'high',
    rules: [
      { rule: 'infrastructure.admins', effect: 'deny' },
      { rule: 'role.maintainer', effect: 'allow' },
    ],
    smallestChange: 'Ask an admin to approve it, or leave out what is under infra/.',
    facts: { directories: ['.github', '.github/workflows', 'infra', 'infra/prod'], touches: ['ci'] },
  })
  const shown = await journey.airlock(
    'policy',
    'explain',
    'review.approve',
    '--task',
    `${task.number}`,
    '--as',
    'maintainer',
  )
  expect(shown.out).toContain('✗ infrastructure.admins  Changes under infra/ are approved by admins.')

  const mia = await person('mia', 'maintainer')
  const request = { patchDigest: task.patch?.digest ?? '', message: 'Approved' }
  expect(refusal(await mia.approve(task.id, request))).toMatchObject({
    code: 'permission_denied',
    rule: 'infrastructure.admins',
  })
  given(await (await person('adam', 'admin')).approve(task.id, request))
  await server.reaches(task.number, 'published')

  given(await server.client.removePolicy('infrastructure', given(await server.client.policies()).sequence))
  const replayed = await journey.airlock('policy', 'replay', '--since', '1d')
  expect(replayed.out).toContain('refused → allowed')
  const again = given(await server.client.replayDecisions({ with: await draftOf('infrastructure') }))
  expect(again.changed.filter(({ was }) => was !== 'confirm')).toEqual([])
  expect(again.asked).toBeGreaterThan(3)

  const log = await entries()
  expect(log.find(({ action }) => action === 'policy.set')?.data).toMatchObject({
    sequence: expect.any(Number),
    changes: [expect.stringContaining('This newly refuses review.approve to maintainer')],
  })
  expect(log.find(({ action }) => action === 'change.approved')?.data).toMatchObject({
    decision: { risk: 'high', rules: ['role.maintainer'] },
  })
  expect(await server.auditLog()).toMatchObject({ ok: true, findings: [] })
})

test('what takes two people waits for the second, and the evidence holds with both and with neither left out', async () => {
  const text = `@id("new-files.two") @reason("New files take two.") @remedy("Ask somebody else, too.") @approvals("2")
forbid(principal, action == Airlock::Action::"review.approve", resource)
when { context has files && context.files.contains("src/new.txt") };`
  const { sequence } = given(await server.client.policies())
  given(await server.client.setPolicy({ ...CONFIRMED('yes'), name: 'new-files', text, after: sequence }))
  const task = await ready('work')
  const request = { patchDigest: task.patch?.digest ?? '', message: 'New', branch: 'airlock/9-new' }
  given(await (await person('one', 'maintainer')).approve(task.id, request))
  const shown = await journey.airlock('show', `${task.number}`)
  expect(shown.out).toMatch(
    /✓ one, .*\n.*1 more of anybody who may approve .*new-files\.two: New files take two\./,
  )
  const alone = await journey.airlock('approve', `${task.number}`, '--yes')
  expect(alone).toMatchObject({ exit: 4, err: expect.stringContaining('review.not-own-change') })
  given(await (await person('two', 'maintainer')).approve(task.id, { patchDigest: request.patchDigest }))
  const { publication } = await server.reaches(task.number, 'published')
  expect(publication).toMatchObject({ branch: 'airlock/9-new', approver: { name: 'two' } })

  journey.git('fetch', '-q')
  const commit = publication?.commit ?? ''
  const file = join(journey.dataDirectory, 'evidence', `${commit}.json`)
  const verified = await journey.airlock('verify', commit, '--bundle', file)
  expect(verified).toMatchObject({ exit: 0, out: expect.stringContaining('2 people approved exactly this') })
  const { parts, ...without } = JSON.parse(readFileSync(file, 'utf8'))
  expect(parts).toHaveLength(1)
  const other = join(journey.clone, '../without.json')
  writeFileSync(other, JSON.stringify(without))
  const broken = await journey.airlock('verify', commit, '--bundle', other)
  expect(broken).toMatchObject({ exit: 13, out: expect.stringContaining('(quorum)') })
  given(await server.client.removePolicy('new-files', sequence + 1))
})

test('only an owner changes policies, and nobody in ignorance of another change or with untrue examples', async () => {
  const draft = await draftOf('infrastructure')
  const { sequence } = given(await server.client.policies())
  for (const role of ['viewer', 'developer', 'maintainer', 'admin'] as const) {
    const client = await person(`policy-${role}`, role)
    expect(refusal(await client.setPolicy({ ...draft, after: sequence }))).toMatchObject({
      code: 'permission_denied',
    })
    expect(refusal(await client.removePolicy('infrastructure', sequence))).toMatchObject({
      code: 'permission_denied',
    })
    given(await client.policies())
  }
  const untrue = { ...draft, examples: draft.examples.replace('expect: deny', 'expect: allow') }
  expect(refusal(await server.client.setPolicy({ ...untrue, after: sequence }))).toMatchObject({
    code: 'invalid_configuration',
    rule: 'policy.examples',
    message: expect.stringMatching(/^infrastructure\.examples\.yaml:7: /),
  })
  const answers = await Promise.all([1, 2].map(() => server.client.setPolicy({ ...draft, after: sequence })))
  expect(answers.filter(({ ok }) => ok)).toHaveLength(1)
  for (const answer of answers)
    if (!answer.ok) expect(answer.failure).toMatchObject({ code: 'conflict', rule: 'policy.sequence' })
  expect(refusal(await server.client.removePolicy('infrastructure', sequence))).toMatchObject({
    code: 'conflict',
  })
  given(await server.client.removePolicy('infrastructure', sequence + 1))
  expect(refusal(await server.client.removePolicy('infrastructure', sequence + 2))).toMatchObject({
    code: 'not_found',
  })
})

test('a policy over anything else is asked at the door', async () => {
  const text = `@id("budgets.frozen") @reason("Budgets stand.") @remedy("Wait for the new year.")
forbid(principal, action in [Airlock::Action::"budgets:set"], resource) unless { context.hour > 23 };`
  const examples = `- { name: set, action: budget.set, as: owner, expect: deny }
- { name: look, action: budget.list, as: owner, expect: allow }`
  const { sequence } = given(await server.client.policies())
  given(await server.client.setPolicy({ name: 'budgets', text, examples, after: sequence }))
  const limit = { owner: { kind: 'organisation' }, period: 'day', limits: { tokens: 1 } } as const
  expect(refusal(await server.client.setBudget(limit))).toMatchObject({
    code: 'permission_denied',
    rule: 'budgets.frozen',
    remedy: 'Wait for the new year.',
  })
  given(await server.client.budgets())
})

async function set(method: string): Promise<void> {
  const { sequence } = given(await server.client.policies())
  given(await server.client.setPolicy({ name: 'new-files', ...CONFIRMED(method), after: sequence }))
}

async function draftOf(name: string) {
  return given(await readPolicyDraft(OURS, `${name}.cedar`))
}

async function person(name: string, role: 'viewer' | 'developer' | 'maintainer' | 'admin') {
  const { token } = given(await server.client.addPerson({ name, email: `${name}@example.test`, role }))
  return server.as(token)
}

async function entries() {
  const { items } = given(await server.client.auditEntries({ limit: 200 }))
  return items.map(({ entry }) => given(decodeEntry(utf8(entry))))
}

async function ready(model: string): Promise<Task> {
  const task = await server.submit({ model })
  return server.reaches(task.number, 'awaiting_review')
}
