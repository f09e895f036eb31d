import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Actor } from '#policy/actor.ts'
import { approve } from '#review/approve.ts'
import { reject } from '#review/reject.ts'
import { ADMIN } from '#store/embedded-postgres/cluster.ts'
import { gateReportOf, saveGateReport } from '#store/gate-reports.ts'
import { removePerson } from '#store/people.ts'
import { moveTask } from '#store/tasks.ts'
import { retryTask } from '#tasks/retry.ts'
import { MORNING, type TestStore, testStore } from '#test/support/database.ts'
import { plainGit } from '#test/support/git-fixture.ts'
import { given, refusal } from '#test/support/journey.ts'
import { approvalRule, type QuorumHouse, quorumHouse } from '#test/support/quorum-house.ts'

const HOUR = 60 * 60 * 1000
const TWO = approvalRule('changes.two', '@approvals("2") @within("24h")')

let opened: TestStore
beforeAll(async () => {
  opened = await testStore()
})
afterAll(() => opened.close())

describe('where a rule asks for two approvals', () => {
  let house: QuorumHouse
  let mia: Actor
  let max: Actor
  beforeEach(async () => {
    house = await quorumHouse(opened.store)
    house.rule(TWO)
    mia = house.actors.mia
    max = await house.join('max', 'maintainer')
  })

  test('the first waits, says for whom, and goes out with the second, who need not say anything again', async () => {
    const task = await house.ready()
    expect(await house.approvals(task)).toEqual({
      needed: 2,
      given: [],
      missing: [missing('changes.two', 2)],
      void: [],
    })
    const wording = { message: 'Say two', branch: 'airlock/1-two', push: true }
    const first = given(await house.approve(mia, task, { message: 'Say two', branch: 'airlock/1-two' }))
    expect(first).toMatchObject({ state: 'awaiting_review' })
    expect(first.approvals).toEqual({
      needed: 2,
      given: [{ approver: mia.person, at: expect.any(String) }],
      wording,
      missing: [missing('changes.two', 1)],
      void: [],
    })
    expect(await house.approvals(task)).toEqual(first.approvals)
    expect(refusal(await house.approve(mia, task))).toMatchObject({
      code: 'conflict',
      rule: 'approval.once',
      remedy: 'It waits for 1 more of anybody who may approve (changes.two).',
    })
    expect(refusal(await house.approve(house.actors.ada, task))).toMatchObject({ code: 'self_approval' })
    expect(refusal(await house.approve(house.actors.vera, task))).toMatchObject({ rule: 'role' })
    await house.publish(task, false)
    expect(house.pushed()).toEqual([])

    expect(given(await house.approve(max, task)).state).toBe('approved')
    await house.publish(task, false)
    expect(house.pushed()).toEqual(['airlock/1-two'])
    const { publication } = await house.task(task)
    const commit = Buffer.from(await house.repository.commitObject(publication?.commit ?? '')).toString()
    expect(commit).toMatch(/^author max <max@example\.test>/m)
    expect(commit).toContain('\nAirlock-Approved-With: mia <mia@example.test>\n')
    const bundle = await house.bundleOf(task)
    const { ok, checks } = await house.verify(bundle)
    expect(checks.find(({ name }) => name === 'quorum')).toEqual({
      name: 'quorum',
      status: 'pass',
      detail: '2 people approved exactly this, as changes.two asked.',
    })
    expect(ok).toBe(true)
  })

  test('the first has to say what the commit is to say', async () => {
    const task = await house.ready()
    expect(refusal(await house.approve(mia, task))).toMatchObject({ rule: 'approval.message' })
  })

  test.each<[string, string, (task: string) => Promise<unknown>]>([
    [
      'another branch',
      'It was approved with another message, branch or way since.',
      (task) => house.approve(max, task, { message: 'One', branch: 'airlock/9-else' }),
    ],
    [
      'another message',
      'It was approved with another message, branch or way since.',
      (task) => house.approve(max, task, { message: 'Else' }),
    ],
    [
      'another word on what the checks found',
      'What the checks found, or why it may stand, is another since.',
      otherGates,
    ],
    [
      'other policies',
      'The policies are others since.',
      async () => house.rule(TWO, approvalRule('b.else', '@approvals("1")')),
    ],
    [
      'a role that was taken away',
      'They could not approve it now: This needs the permission reviews:approve, which the role developer does not hold.',
      () => roleOf('developer'),
    ],
  ])('%s voids an approval before', async (_, why, happens) => {
    const task = await house.ready()
    given(await house.approve(mia, task, { message: 'One' }))
    await happens(task)
    const now = await house.approvals(task)
    await roleOf('maintainer')
    house.rule(TWO)
    expect(now?.void).toEqual([{ approver: mia.person, at: expect.any(String), why }])
    expect(now?.given.map(({ approver }) => approver.name)).not.toContain('mia')
  })

  test('a new attempt, or a refused publication, wants everybody again', async () => {
    const task = await house.ready()
    given(await house.approve(mia, task, { message: 'One' }))
    given(await reject(house.workshop, max, task, { comment: 'No', retry: true }))
    await house.work(task, { path: 'a.txt', text: 'two\n' })
    expect(await house.approvals(task)).toMatchObject({ given: [], void: [] })
    const request = { message: 'Taken', branch: 'airlock/1-two' }
    plainGit(house.remote, 'update-ref', 'refs/heads/airlock/1-two', 'main')
    given(await house.approve(mia, task, request))
    given(await house.approve(max, task))
    await house.publish(task, false)
    expect(await house.task(task)).toMatchObject({ state: 'awaiting_review', cause: { code: 'conflict' } })
    expect(await house.approvals(task)).toMatchObject({ given: [], missing: [{ count: 2 }], void: [] })
    expect(given(await house.approve(max, task, request)).state).toBe('awaiting_review')
  })

  test.each([
    [
      'moved behind its use',
      'update airlock.approvals set task_version = task_version + 100 where waits and task = $1',
    ],
    [
      'left as if it was not used',
      'update airlock.approvals set task_version = -1 where not waits and task = $1',
    ],
  ])('an approval that was used does not count again, with its row %s', async (_, forged) => {
    const task = await house.ready()
    const request = { message: 'Taken', branch: 'airlock/1-two' }
    plainGit(house.remote, 'update-ref', 'refs/heads/airlock/1-two', 'main')
    given(await house.approve(mia, task, request))
    given(await house.approve(max, task))
    await house.publish(task, false)
    await asAdmin(forged, task)
    expect(await house.approvals(task)).toMatchObject({ given: [], missing: [{ count: 2 }], void: [] })
    expect(given(await house.approve(max, task, request)).state).toBe('awaiting_review')
  })

  test('the newest words are those that the log has last, in whatever order rows are put', async () => {
    const task = await house.ready()
    given(await house.approve(mia, task, { message: 'First', push: false }))
    given(await house.approve(mia, task, { message: 'Second', push: false }))
    await asAdmin('update airlock.approvals set task_version = 1000 - task_version where task = $1', task)
    expect((await house.approvals(task))?.wording).toMatchObject({ message: 'Second' })
  })

  test('an approval that is too old counts no more, and may be given again', async () => {
    const task = await house.ready()
    given(await house.approve(mia, task, { message: 'One', push: false }))
    house.later(25 * HOUR)
    expect(await house.approvals(task)).toMatchObject({
      given: [],
      void: [{ approver: mia.person, why: 'It is older than an approval may be.' }],
    })
    expect(given(await house.approve(max, task, { message: 'One', push: false })).state).toBe(
      'awaiting_review',
    )
    house.later(23 * HOUR)
    expect(given(await house.approve(mia, task)).state).toBe('approved')
  })

  test('what each is to prove or to say by which way is asked of each when they approve, and not of others for them', async () => {
    const proof = approvalRule('proof', '', 'unless { context has secondFactor && context.secondFactor }')
    house.rule(TWO, proof, approvalRule('way', '', 'unless { context.channel == "portal" }'))
    const task = await house.ready()
    const here = (actor: Actor): Actor => ({
      ...actor,
      channel: 'portal',
      confirmed: { method: 'second-factor' },
    })
    expect(refusal(await house.approve(mia, task, { message: 'One' }))).toMatchObject({
      code: 'permission_denied',
    })
    given(await house.approve(here(mia), task, { message: 'One', push: false }))
    expect((await house.approvals(task))?.given).toHaveLength(1)
    expect(refusal(await house.approve(max, task))).toMatchObject({ code: 'permission_denied' })
    expect(given(await house.approve(here(max), task)).state).toBe('approved')
  })

  test('of two at the same moment one is told to look again', async () => {
    const task = await house.ready()
    const message = 'One'
    const answers = await Promise.all([mia, max].map((actor) => house.approve(actor, task, { message })))
    const [no] = answers.filter(({ ok }) => !ok)
    expect(no).toMatchObject({ failure: { code: 'conflict', rule: 'task.version' } })
    expect((await house.approvals(task))?.given).toHaveLength(1)
  })

  test('a row that names an approval which waits for others lets nothing out', async () => {
    const task = await house.ready()
    const before = house.pushed()
    given(await house.approve(mia, task, { message: 'One' }))
    await opened.store.inOrganisation(mia.organisation, async (tx) => {
      const { version } = await house.task(task)
      const row = await tx
        .selectFrom('approvals')
        .selectAll()
        .where('task', '=', task)
        .executeTakeFirstOrThrow()
      const patch = { state: 'approved' as const, approval: row.id }
      await moveTask(tx, { id: task, fromVersion: version, patch })
    })
    await house.publish(task, false)
    expect(await house.task(task)).toMatchObject({
      state: 'awaiting_review',
      cause: { code: 'approval_void', rule: 'approval.signed' },
    })
    expect(house.pushed()).toEqual(before)
  })

  test('an approval on which the last one rests is there when it goes out, or nothing does', async () => {
    const task = await house.ready()
    given(await house.approve(mia, task, { message: 'One' }))
    given(await house.approve(max, task))
    await asAdmin('delete from airlock.approvals where waits and task = $1', task)
    await house.publish(task, false)
    expect(await house.task(task)).toMatchObject({
      state: 'awaiting_review',
      cause: { code: 'approval_void', message: 'One approval is missing on which it rests.' },
    })
    expect(house.pushed()).toEqual([])
  })

  /** Whoever can write the database, and does not hold the key. */
  async function asAdmin(statement: string, task: string): Promise<void> {
    const client = new pg.Client({ host: opened.host, user: ADMIN, database: opened.database })
    await client.connect()
    try {
      await client.query(statement, [task])
    } finally {
      await client.end()
    }
  }

  async function otherGates(id: string): Promise<void> {
    const { workshop, task } = house
    const { organisation } = mia
    await workshop.store.inOrganisation(organisation, async (tx) => {
      const patch = await tx.selectFrom('patches').select('digest').where('task', '=', id).executeTakeFirst()
      const report = await gateReportOf(tx, (await task(id)).id, patch?.digest ?? '')
      if (report !== undefined) await saveGateReport(tx, id, { ...report, iteration: 1 }, MORNING)
    })
  }

  async function roleOf(role: 'developer' | 'maintainer'): Promise<void> {
    await opened.store.inOrganisation(mia.organisation, (tx) =>
      tx.updateTable('people').set({ role }).where('id', '=', mia.person.id).execute(),
    )
  }
})

describe('whose approvals count', () => {
  const OWNERS = [
    '/infra/ @org/ops',
    '/docs/ vera@example.test max@example.test',
    '/docs/free.md',
    '/db/ @max',
  ].join('\n')
  let house: QuorumHouse
  let mia: Actor
  let max: Actor
  beforeEach(async () => {
    house = await quorumHouse(opened.store, { '.github/CODEOWNERS': OWNERS })
    mia = house.actors.mia
    max = await house.join('max', 'maintainer')
  })

  test('of a role: others approve as well, and it goes out with one who holds it', async () => {
    house.rule(approvalRule('infra.admin', '@approvals("1") @by("admin")'))
    const adam = await house.join('adam', 'admin')
    const task = await house.ready()
    const request = { message: 'One', branch: 'airlock/1-role' }
    const first = given(await house.approve(mia, task, request))
    expect(first.approvals?.missing).toEqual([missing('infra.admin', 1, 'an admin')])
    given(await house.approve(max, task))
    expect(given(await house.approve(adam, task)).state).toBe('approved')
    const { quorum } = await tupleOf(task)
    expect(quorum).toMatchObject({ needed: 1, rules: [{ by: 'admin', counted: [adam.person.id] }], with: [] })
  })

  test('of code owners: each changed path that has any takes one of them, by the base and not by the patch', async () => {
    house.rule(approvalRule('owned', '@approvals("1") @by("code-owners")'))
    const free = await house.ready('docs/free.md')
    expect(given(await house.approve(mia, free, { message: 'Free', push: false })).state).toBe('approved')

    const docs = await house.ready('docs/manual.md')
    const first = given(await house.approve(mia, docs, { message: 'One', push: false }))
    const owners = 'an owner of docs/manual.md: max@example.test vera@example.test'
    expect(first.approvals?.missing).toEqual([missing('owned', 1, owners)])
    expect(given(await house.approve(max, docs)).state).toBe('approved')
    expect((await tupleOf(docs)).quorum).toMatchObject({
      rules: [
        { by: 'code-owners', owners: ['max@example.test', 'vera@example.test'], counted: [max.person.id] },
      ],
      with: [],
    })
  })

  test('of a team: whoever is in it, and nobody while it has nobody', async () => {
    house.rule(approvalRule('owned', '@approvals("1") @by("code-owners")'))
    const task = await house.ready('infra/main.tf')
    const request = { message: 'One', push: false }
    const first = given(await house.approve(max, task, request))
    const nobody = 'an owner of infra/main.tf: @org/ops, of whom nobody is here'
    expect(first.approvals?.missing).toEqual([missing('owned', 1, nobody)])
    await opened.store.inOrganisation(mia.organisation, async (tx) => {
      await tx.insertInto('teams').values({ id: 'tea_ops', name: 'Ops', createdAt: MORNING }).execute()
      const addedBy = JSON.stringify(house.actors.ada.person)
      const row = { team: 'tea_ops', member: mia.person.id, addedBy, addedAt: MORNING }
      await tx.insertInto('teamMembers').values(row).execute()
    })
    expect(given(await house.approve(mia, task)).state).toBe('approved')
  })

  test('of the one whose address begins so, and not of whoever chose that name when they joined', async () => {
    house.rule(approvalRule('owned', '@approvals("1") @by("code-owners")'))
    await opened.store.inOrganisation(mia.organisation, async (tx) => {
      await tx.updateTable('people').set({ name: 'max' }).where('id', '=', mia.person.id).execute()
      await tx.updateTable('people').set({ name: 'Max M.' }).where('id', '=', max.person.id).execute()
    })
    const task = await house.ready('db/schema.sql')
    const first = given(await house.approve(mia, task, { message: 'One', push: false }))
    expect(first.approvals?.missing).toEqual([missing('owned', 1, 'an owner of db/schema.sql: @max')])
    expect(given(await house.approve(max, task)).state).toBe('approved')
  })

  test('of nobody who was removed since', async () => {
    house.rule(TWO)
    const task = await house.ready()
    given(await house.approve(max, task, { message: 'One', push: false }))
    await opened.store.inOrganisation(mia.organisation, (tx) => removePerson(tx, max.person.id, MORNING))
    expect((await house.approvals(task))?.void).toEqual([
      { approver: max.person, at: expect.any(String), why: 'They are not here any more.' },
    ])
    expect(refusal(await house.approve(mia, task))).toMatchObject({ rule: 'approval.message' })
    expect(given(await house.approve(mia, task, { message: 'One' })).state).toBe('awaiting_review')
  })

  async function tupleOf(id: string) {
    const { approval } = await house.task(id)
    const row = await opened.store.inOrganisation(mia.organisation, (tx) =>
      tx
        .selectFrom('approvals')
        .select('tuple')
        .where('id', '=', approval ?? '')
        .executeTakeFirstOrThrow(),
    )
    return JSON.parse(row.tuple)
  }
})

test.each([
  ['too large', `# ${'x'.repeat(256 * 1024)}\n`, 'a.txt'],
  ['made to take minutes', `/**/${'a/'.repeat(1_000)}b @one\n`.repeat(100), `${'a/'.repeat(400)}c`],
])('what nobody could say the owners of is approved by nobody: %s', async (_, owners, path) => {
  const house = await quorumHouse(opened.store, { CODEOWNERS: owners })
  house.rule(approvalRule('owned', '@approvals("1") @by("code-owners")'))
  const task = await house.ready(path)
  const no = refusal(await house.approve(house.actors.mia, task, { message: 'One' }))
  expect(no).toMatchObject({ code: 'invalid_configuration', rule: 'approval.code_owners' })
  expect((await house.approvals(task))?.missing).toEqual([
    { rule: 'approval.code_owners', reason: no.message, count: 1, who: 'nobody' },
  ])
})

test('where one approval is enough nothing is said of approvals', async () => {
  const house = await quorumHouse(opened.store)
  const task = await house.ready()
  expect(await house.approvals(task)).toBeUndefined()
  given(await approve(house.workshop, house.actors.mia, task, { ...(await plain(house, task)) }))
  expect((await house.task(task)).state).toBe('approved')
  await retryTask(house.workshop, house.actors.ada, task, '')
})

async function plain({ workshop, task, actors }: QuorumHouse, id: string) {
  const { patch } = await task(id)
  const row = await workshop.store.inOrganisation(actors.ada.organisation, (tx) =>
    tx
      .selectFrom('patches')
      .select('digest')
      .where('id', '=', patch ?? '')
      .executeTakeFirstOrThrow(),
  )
  return { patchDigest: row.digest, message: 'One' }
}

function missing(rule: string, count: number, who = 'anybody who may approve') {
  return { rule, reason: 'It takes more.', count, who }
}
