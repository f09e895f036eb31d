import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Hono } from 'hono'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { BrowserDoor } from '#http/browser-door.ts'
import { type Listening, listen } from '#http/listen.ts'
import type { Failure } from '#kernel/failure.ts'
import { ok, refused } from '#kernel/result.ts'
import { aHouse, type House } from '../http/house.ts'
import { aDesk, type Desk } from './desk.ts'

const WANTED: Failure = {
  code: 'confirmation_needed',
  message: 'A key outlives you.',
  rule: 'keys.confirmed',
  remedy: 'Ask again with --confirm second-factor.',
  details: { method: 'second-factor' },
}

/** Takes 123456 for everybody, once; what it was asked is kept. */
const proven: string[] = []
const signIn: BrowserDoor = {
  origin: () => 'http://localhost:1',
  pages: async () => new Hono(),
  actorOfCookies: async () => undefined,
  proveSecondFactor: async ({ person }, code) => {
    proven.push(`${person.id} ${code}`)
    if (code === '123456' && proven.length === 1) return ok(undefined)
    return refused({
      code: 'permission_denied',
      message: 'That code confirms nothing.',
      rule: 'confirmation.second-factor',
    })
  },
}

let house: House
let server: Listening
let desk: Desk
let door: string[]
beforeAll(async () => {
  house = aHouse({ signIn })
  const listening = await listen(house.http, 0)
  if (!listening.ok) throw new Error(listening.failure.message)
  server = listening.value
  desk = await aDesk()
  const file = join(desk.dataDirectory, 'token')
  await writeFile(file, `${house.token('owner')}\n`, { mode: 0o600 })
  door = ['--server', server.url, '--token-file', file]
})
afterAll(async () => {
  await desk.close()
  await server.close()
})
beforeEach(() => {
  proven.length = 0
})

const create = [...'keys create nightly'.split(' ')]

test('a second factor is asked for when it is wanted, and said with that one request', async () => {
  house.application.refuseNext = WANTED
  const made = await desk.answer(['123 456'], ...door, '--confirm', 'second-factor', ...create)
  expect(made).toMatchObject({ exit: 0 })
  expect(proven).toEqual(['usr_owner 123456'])
})

test('nobody is asked for one that is not wanted', async () => {
  expect(await desk.answer([], ...door, '--confirm', 'second-factor', ...create)).toMatchObject({ exit: 0 })
  expect(await desk.type(...door, '--confirm', 'totp 123456', ...create)).toMatchObject({ exit: 0 })
  expect(proven).toEqual([])
})

test('where nobody can be asked, or nothing was said, the refusal stands', async () => {
  for (const words of [
    [],
    ['--confirm', 'second-factor'],
    ['--confirm', 'yes'],
    ['--confirm', 'totp 12345'],
  ]) {
    house.application.refuseNext = WANTED
    expect(await desk.type(...door, ...words, ...create)).toMatchObject({
      exit: 4,
      err: expect.stringContaining('--confirm second-factor'),
    })
  }
  expect(proven).toEqual([])
})

test('a code that proves nothing refuses the request, whatever it is', async () => {
  proven.push('used already')
  const headers = { 'airlock-confirmation': 'totp 123456' }
  const response = await house.ask('owner', 'GET', '/v1/me', undefined, headers)
  expect(response.status).toBe(403)
  expect(await response.json()).toMatchObject({ rule: 'confirmation.second-factor' })
})
