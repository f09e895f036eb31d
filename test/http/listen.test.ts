import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Listening, listen } from '#http/listen.ts'
import { aHouse, type House } from './house.ts'

let house: House
let door: Listening

beforeEach(async () => {
  house = aHouse()
  const listening = await listen(house.http, 0)
  if (!listening.ok) throw new Error(listening.failure.message)
  door = listening.value
})

afterEach(() => door.close())

async function ask(
  method: string,
  path: string,
  body?: string | ReadableStream<Uint8Array>,
): Promise<{ status: number; text: string }> {
  const response = await fetch(`${door.url}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${house.token('owner')}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body }),
    ...(body instanceof ReadableStream ? { duplex: 'half' as const } : {}),
  })
  return { status: response.status, text: await response.text() }
}

function pieces(text: string): ReadableStream<Uint8Array> {
  return ReadableStream.from(text.match(/.{1,65536}/gs) ?? []).pipeThrough(new TextEncoderStream())
}

describe('over a real socket', () => {
  test('somebody is removed and a key is forgotten by a request without a body', async () => {
    const person = `usr_${'0'.repeat(20)}`
    expect(await ask('DELETE', `/v1/people/${person}`)).toEqual({ status: 204, text: '' })
    expect(await ask('DELETE', '/v1/providers/anthropic')).toEqual({ status: 204, text: '' })
    expect(house.application.calls).toEqual([
      { name: 'removePerson', input: [person] },
      { name: 'removeProvider', input: ['anthropic'] },
    ])
  })

  test('a body that comes in pieces is read, and cut off at the bound', async () => {
    const request = { intent: 'x', project: 'shop' }
    expect(await ask('POST', '/v1/tasks', pieces(JSON.stringify(request)))).toMatchObject({ status: 201 })
    const big = pieces(JSON.stringify({ ...request, intent: 'x'.repeat(5 * 1024 * 1024) }))
    expect(await ask('POST', '/v1/tasks', big)).toMatchObject({ status: 413 })
    expect(house.application.calls).toHaveLength(1)
  })
})
