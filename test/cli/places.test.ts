import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Listening, listen } from '#http/listen.ts'
import { type PlacesHouse, placesHouse } from '#test/support/places-house.ts'
import { type Answer, aDesk, type Desk } from './desk.ts'

let house: PlacesHouse
let server: Listening
let desk: Desk
let door: string[]
let ours: string
beforeAll(async () => {
  house = await placesHouse()
  ours = await house.organisation('Ours')
  const ada = await house.person(ours, 'ada', 'owner')
  await house.person(ours, 'grace', 'member')
  await house.project(ours, 'shop')
  const listening = await listen(house.http, 0)
  if (!listening.ok) throw new Error(listening.failure.message)
  server = listening.value
  desk = await aDesk()
  const file = join(desk.dataDirectory, 'ada.token')
  await writeFile(file, `${ada.token}\n`, { mode: 0o600 })
  door = ['--server', server.url, '--token-file', file]
})
afterAll(async () => {
  await desk.close()
  await server.close()
  await house.close()
})

const airlock = (line: string) => desk.type(...door, ...line.split(' '))
const answering = (answers: readonly Answer[], line: string) =>
  desk.answer(answers, ...door, ...line.split(' '))

test('what is empty says how it is filled', async () => {
  expect((await airlock('team list')).out).toBe('No teams yet.\n\n  airlock team create NAME')
  expect((await airlock('environment list shop')).out).toContain('airlock environment create shop production')
  expect((await airlock('role list')).out).toContain('No roles were given at places.')
})

test('a team, its roles and its project, from the first word to the last', async () => {
  const says = async (line: string, out: string) =>
    expect(await airlock(line)).toEqual({ out, err: '', exit: 0 })
  await says('team create payments', '✓ The team payments is there.')
  await says('environment create shop production', '✓ shop/production is there.')
  await says(
    'role grant --team payments developer --at project:shop',
    '✓ payments is developer at project:shop.',
  )
  await says(
    'role grant grace@example.org admin --at environment:shop/production',
    '✓ grace is admin at environment:shop/production.',
  )
  expect(await airlock('role grant grace@example.org viewer --at organisation')).toMatchObject({
    err: expect.stringContaining('✗ Their role was changed less than an hour ago.'),
    exit: 4,
  })
  expect((await airlock('team add payments grace@example.org')).out).toBe(
    [
      '  team      payments',
      '  members   grace',
      '  roles     developer at project:shop',
      '  projects  none; see `airlock project set --team`',
    ].join('\n'),
  )
  const set = await airlock('project set shop --name store --team payments --autonomy 2')
  expect(set.out).toContain('  team          payments\n  autonomy      2  It also begins tasks;')
  const listed = (await airlock('role list')).out.split('\n')
  expect(listed[0]).toMatch(/^who +kind +role +at +given by +on$/)
  expect(
    listed
      .slice(1, 3)
      .map((line) => line.split(/ {2,}/).slice(0, 5))
      .toSorted(),
  ).toEqual([
    ['grace', 'person', 'admin', 'environment:store/production', 'ada'],
    ['payments', 'team', 'developer', 'project:store', 'ada'],
  ])
  await says(
    'role revoke grace@example.org --at environment:store/production',
    'grace is not admin at environment:store/production any more.',
  )
  expect(JSON.parse((await airlock('organisation set --time-zone Europe/Berlin --json')).out)).toMatchObject({
    id: ours,
    timeZone: 'Europe/Berlin',
  })
})

test('what ends something is said first, asked, and not done unless somebody says yes', async () => {
  const ends = '1 member will not be developer at project:store any more. Nobody will look after store.'
  const silent = await airlock('team remove payments')
  expect(silent).toMatchObject({ exit: 4, out: '' })
  expect(silent.err).toContain(`Nobody is there to be asked. ${ends}`)
  const no = await answering([false], 'team remove payments')
  expect(no).toMatchObject({ exit: 7, err: expect.stringContaining('Nothing was changed.') })
  expect((await answering([true], 'team remove payments')).out).toBe('payments is removed.')
  expect((await airlock('environment remove store production --yes')).out).toBe(
    'store/production is removed.',
  )
  expect((await airlock('project remove store --yes')).out).toBe('store is disconnected.')
  expect(await airlock('project show store')).toMatchObject({ exit: 3 })
})

test('words that are none are refused with those that are', async () => {
  const place = await airlock('role grant grace@example.org viewer --at projects')
  expect(place.err).toContain('Give organisation, team:T, project:P, environment:P/E or server.')
  expect((await airlock('role grant grace@example.org king --at organisation')).err).toContain(
    'There is no role king.',
  )
  expect((await airlock('role revoke --team a --service-account b --at organisation')).err).toContain(
    'A role is given to one person, team or service account.',
  )
  expect((await airlock('project set shop --autonomy 9')).err).toContain('Give a level from 0 to 3.')
  expect((await airlock('organisation set')).err).toContain('There is nothing to set.')
})
