import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Actor } from '#policy/actor.ts'
import { reject } from '#review/reject.ts'
import { cancelTask } from '#tasks/cancel.ts'
import { retryTask } from '#tasks/retry.ts'
import { type TestStore, testStore } from '#test/support/database.ts'
import { plainGit } from '#test/support/git-fixture.ts'
import { approvalRule, type QuorumHouse, quorumHouse } from '#test/support/quorum-house.ts'

let opened: TestStore
beforeAll(async () => {
  opened = await testStore()
})
afterAll(() => opened.close())

const TWO = approvalRule('changes.two', '@approvals("2") @within("24h")')
const OTHER = approvalRule('changes.other', '@approvals("2") @within("24h")')
const BRANCHES = [undefined, undefined, 'airlock/1-one', 'airlock/1-two'] as const
const MESSAGES = [undefined, 'One', 'One', 'Two'] as const

/** A branch and a message of the above. */
const AGREED = 7

const OFTEN = ['approve', 'publish', 'work'] as const
const SOMETIMES = ['sendBack', 'retry', 'cancel', 'crash', 'wait', 'rules'] as const
type What = (typeof OFTEN)[number] | (typeof SOMETIMES)[number]

const step = fc.record({
  what: fc.constantFrom<What[]>(...OFTEN, ...OFTEN, ...OFTEN, 'approve', 'approve', ...SOMETIMES),
  who: fc.nat(2),
  choice: fc.nat(63),
})
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

interface Said {
  readonly who: string
  readonly patch: string
}

interface World {
  readonly house: QuorumHouse
  readonly people: readonly Actor[]
  readonly task: string
  readonly said: Said[]
}

test('whatever one person does, in whatever order, where two are to approve nothing goes out', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 14, maxLength: 16 }), fc.nat(2), async (steps, only) => {
      const world = await aWorld()
      for (const next of steps) await take(world, { ...next, who: only })
      expect(world.house.pushed()).toEqual([])
    }),
    { numRuns: 2 },
  )
})

test('whatever several do, what goes out is what two of them said yes to, and two who agree get it out', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 14, maxLength: 18 }), async (steps) => {
      const world = await aWorld()
      for (const next of steps) await take(world, next)
      await agree(world)
      const pushed = world.house.pushed()
      expect(pushed).toHaveLength(1)
      for (const branch of pushed) await restsOnTwo(world, branch)
    }),
    { numRuns: 3 },
  )
})

async function aWorld(): Promise<World> {
  const house = await quorumHouse(opened.store)
  house.rule(TWO)
  const people = [house.actors.mia, await house.join('max', 'maintainer'), house.actors.ada]
  return { house, people, task: await house.ready(), said: [] }
}

async function take({ house, people, task, said }: World, { what, who, choice }: Step): Promise<void> {
  const actor = people[who] ?? house.actors.mia
  const { workshop } = house
  switch (what) {
    case 'work':
      return house.work(task, { path: 'a.txt', text: `${choice % 2}\n` })
    case 'approve': {
      const [branch, message] = [BRANCHES[choice % 4], MESSAGES[Math.floor(choice / 4) % 4]]
      const { patch } = await house.task(task)
      const answer = await house.approve(actor, task, {
        ...(branch === undefined ? {} : { branch }),
        ...(message === undefined ? {} : { message }),
      })
      if (answer.ok && patch !== null) said.push({ who: actor.person.name, patch })
      return
    }
    case 'publish':
    case 'crash':
      return house.publish(task, what === 'crash')
    case 'sendBack':
      return void (await reject(workshop, actor, task, { comment: 'Again', retry: true }))
    case 'retry':
      return void (await retryTask(workshop, actor, task, ''))
    case 'cancel':
      return void (await cancelTask(workshop, actor, task))
    case 'wait':
      return house.later(choice < 16 ? 25 * 60 * 60 * 1000 : 60_000)
    case 'rules':
      return house.rule(choice % 2 === 0 ? TWO : OTHER)
  }
}

/** The end of every story: whatever state it is in, two look again and say the same. */
async function agree(world: World): Promise<void> {
  const { house, people, task } = world
  const [mia] = people
  if (mia === undefined) throw new Error('somebody is there')
  await house.publish(task, false)
  if ((await house.task(task)).publication !== null) return
  await retryTask(house.workshop, mia, task, '')
  await take(world, { what: 'work', who: 0, choice: 0 })
  for (const who of [0, 1]) await take(world, { what: 'approve', who, choice: AGREED })
  await house.publish(task, false)
}

/** Both said yes to that very patch, and the evidence names them. */
async function restsOnTwo({ house, task, said }: World, branch: string): Promise<void> {
  const { publication, patch } = await house.task(task)
  const commit = plainGit(house.remote, 'rev-parse', branch)
  expect(publication?.commit).toBe(commit)
  const bundle = await house.bundleOf(task)
  const { ok, checks } = await house.verify(bundle)
  expect({ ok, quorum: checks.find(({ name }) => name === 'quorum')?.status }).toEqual({
    ok: true,
    quorum: 'pass',
  })
  const names = new Set(said.filter((each) => each.patch === patch).map(({ who }) => who))
  expect(names).toEqual(new Set(['mia', 'max']))
}
