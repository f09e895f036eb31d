import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Journey, type RunningServer, startJourney } from '#test/support/journey.ts'
import { edit } from '#test/support/journey-model.ts'

let journey: Journey
let server: RunningServer
beforeAll(async () => {
  journey = await startJourney()
  server = await journey.serve()
  journey.model.play('work', [edit('src/poem.txt', 'one\n', 'ONE\n')])
})
afterAll(() => journey.close())

const SECRET_WISH = 'Make the poem rhyme with purple'

test('a task is shown to somebody outside, taken along and erased, and the log still verifies', async () => {
  const { number, id } = await server.submit({ model: 'work', intent: SECRET_WISH })
  await server.reaches(number, 'awaiting_review')

  const shared = await server.client.share(String(number), { hours: 1 })
  if (!shared.ok) throw new Error(shared.failure.message)
  const page = await fetch(shared.value.url)
  expect({ status: page.status, cookie: page.headers.get('set-cookie') }).toEqual({
    status: 200,
    cookie: null,
  })
  const text = await page.text()
  expect(text).toContain(SECRET_WISH)
  expect(text).toContain('diff --git')
  expect(text).not.toContain(id)

  expect(await server.client.eraseTask(String(number), 'keep')).toMatchObject({
    ok: false,
    failure: { code: 'wrong_state', rule: 'data.ended-tasks' },
  })
  expect((await server.client.reject(String(number), { comment: 'no', retry: false })).ok).toBe(true)
  const taken = await journey.airlock('data', 'export-task', String(number))
  expect(taken.exit).toBe(0)
  expect(taken.out).toContain(SECRET_WISH)
  const tables = taken.out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line).table)
  expect(new Set(tables)).toEqual(new Set(tables.filter((table) => typeof table === 'string')))
  expect(tables).toEqual(expect.arrayContaining(['tasks', 'events', 'patches', 'audit_entries']))

  const before = await server.auditLog()
  expect((await journey.airlock('data', 'erase-task', String(number), '--yes')).exit).toBe(0)
  expect((await fetch(shared.value.url)).status).toBe(404)
  const left = await journey.airlock('data', 'export-task', String(number))
  expect(left.out).not.toContain(SECRET_WISH)
  expect(await server.client.task(String(number))).toMatchObject({
    ok: true,
    value: { number, intent: '', state: 'rejected', erasedAt: expect.any(String) },
  })
  expect(await server.client.retry(String(number), '')).toMatchObject({
    ok: false,
    failure: { rule: 'data.erased' },
  })
  const after = await server.auditLog()
  expect(after).toMatchObject({ ok: true, findings: [] })
  expect(after.entries).toBeGreaterThan(before.entries)
})
