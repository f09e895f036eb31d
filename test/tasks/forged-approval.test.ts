import { join } from 'node:path'
import pg from 'pg'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ADMIN } from '#store/embedded-postgres/cluster.ts'
import { given, type Journey, startJourney } from '#test/support/journey.ts'
import { create } from '#test/support/journey-model.ts'

let journey: Journey
beforeEach(async () => {
  journey = await startJourney()
  journey.model.play('work', [create('src/new.txt', 'new\n')])
})
afterEach(() => journey.close())

test('an approval that was written into the database lets nothing out', async () => {
  const stalling = await journey.serve({ stall: { at: 'publishing' } })
  const task = await stalling.submit({ model: 'work' })
  given(await stalling.approve(await stalling.reaches(task.number, 'awaiting_review')))
  await stalling.stalled()
  await asSuperuser(`update airlock.approvals set tuple = replace(tuple, '"Approved"', '"Forged"')`)
  await asSuperuser(`update airlock.approvals set envelope = json_build_object(
    'payloadType', envelope->>'payloadType', 'signatures', envelope->'signatures',
    'payload', replace(encode(tuple::bytea, 'base64'), E'\\n', ''))`)
  await stalling.kill()

  const server = await journey.serve()
  const refused = await server.reaches(task.number, 'awaiting_review')
  expect(refused.cause).toMatchObject({ code: 'approval_void', rule: 'approval.signed' })
  expect(journey.pushed()).toEqual({})

  given(await server.approve(refused, { message: 'Once more' }))
  const { publication } = await server.reaches(task.number, 'published')
  expect(Object.values(journey.pushed())).toEqual([publication?.commit])
})

test('a voided approval does not come back, whatever the clock says of its age', async () => {
  const server = await journey.serve()
  const task = await server.submit({ model: 'work' })
  const ready = await server.reaches(task.number, 'awaiting_review')
  given(await server.approve(ready, { branch: 'airlock/1-first' }))
  await server.reaches(task.number, 'published')
  const again = await server.submit({ model: 'work' })
  const second = await server.reaches(again.number, 'awaiting_review')
  given(await server.approve(second, { branch: 'airlock/1-first', message: 'Taken already' }))
  const voided = await server.reaches(again.number, 'awaiting_review')
  expect(voided.cause?.code).toBe('conflict')
  await asSuperuser(`update airlock.approvals set created_at = created_at + interval '1 day'`)

  given(await server.approve(voided, { message: 'Kept here', push: false }))
  const { publication } = await server.reaches(again.number, 'published')
  expect(publication).toMatchObject({ pushed: false })
  expect(Object.keys(journey.pushed())).toEqual(['airlock/1-first'])
})

/** What somebody could do who holds the database, and not the signing key. */
async function asSuperuser(statement: string): Promise<void> {
  const host = join(journey.dataDirectory, 'postgres/cluster')
  const client = new pg.Client({ host, user: ADMIN, database: 'airlock' })
  await client.connect()
  await client.query(statement)
  await client.end()
}
