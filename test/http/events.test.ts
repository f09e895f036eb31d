import { EventSourceParserStream } from 'eventsource-parser/stream'
import { describe, expect, test } from 'vitest'
import { anEvent, aTask } from './fake-application.ts'
import { aHouse, type House } from './house.ts'

const STREAM = { accept: 'text/event-stream' }

function follow(house: House, headers: Record<string, string> = {}): Promise<Response> {
  return house.ask('viewer', 'GET', '/v1/tasks/1/events', undefined, { ...STREAM, ...headers })
}

/** Ids in order of arrival, `end` for the closing event. */
async function* ids(response: Response): AsyncGenerator<string> {
  if (response.body === null) throw new Error('no body')
  const messages = response.body
    .pipeThrough(new TextDecoderStream())
    .pipeThrough(new EventSourceParserStream())
  for await (const message of messages) yield message.event === 'end' ? 'end' : (message.id ?? '')
}

async function all(items: AsyncIterable<string>): Promise<string[]> {
  const seen: string[] = []
  for await (const item of items) seen.push(item)
  return seen
}

function step(sequence: number) {
  return anEvent(sequence, { kind: 'step', step: 'clone', note: 'done' })
}

describe('events', () => {
  test('a stream tells what was, then what happens, and ends with the task', async () => {
    const house = aHouse()
    house.application.emit(step(1))
    house.application.emit(step(2))
    const stream = ids(await follow(house))
    expect([(await stream.next()).value, (await stream.next()).value]).toEqual(['1', '2'])
    house.application.emit(step(3))
    house.application.emit(anEvent(4, { kind: 'state', from: 'running', to: 'failed' }))
    expect(await all(stream)).toEqual(['3', '4', 'end'])
    expect(house.application.listeners).toBe(0)
  })

  test('Last-Event-ID resumes after what the client has', async () => {
    const house = aHouse()
    for (const sequence of [1, 2, 3]) house.application.emit(step(sequence))
    house.application.emit(anEvent(4, { kind: 'state', to: 'published' }))
    expect(await all(ids(await follow(house, { 'last-event-id': '2' })))).toEqual(['3', '4', 'end'])
    expect(await all(ids(await follow(house, { 'last-event-id': '4' })))).toEqual(['end'])
  })

  test('an event between the backlog and the subscription comes once', async () => {
    const house = aHouse()
    const { subscribe } = house.application
    house.application.subscribe = async (...given) => {
      const done = await subscribe(...given)
      house.application.emit(step(1))
      return done
    }
    const stream = ids(await follow(house))
    expect((await stream.next()).value).toBe('1')
    house.application.emit(anEvent(2, { kind: 'state', to: 'cancelled' }))
    expect(await all(stream)).toEqual(['2', 'end'])
  })

  test('a thousand events arrive in order though each read is bounded', async () => {
    const house = aHouse()
    for (let sequence = 1; sequence <= 1000; sequence++) house.application.emit(step(sequence))
    house.application.emit(anEvent(1001, { kind: 'state', to: 'cancelled' }))
    const seen = await all(ids(await follow(house)))
    expect(seen).toEqual([...Array.from({ length: 1001 }, (_, index) => String(index + 1)), 'end'])
  })

  test('a quiet stream says that it still lives, and a client that leaves is forgotten', async () => {
    const house = aHouse({ heartbeatMilliseconds: 1 })
    const response = await follow(house)
    const reader = response.body?.getReader()
    const first = await reader?.read()
    expect(new TextDecoder().decode(first?.value)).toBe(': still here\n\n')
    await reader?.cancel()
    await expect.poll(() => house.application.listeners).toBe(0)
  })

  test('a stream ends when its token is taken back', async () => {
    const house = aHouse()
    house.application.emit(step(1))
    const stream = ids(await follow(house))
    expect((await stream.next()).value).toBe('1')
    house.revoke('viewer')
    house.application.emit(step(2))
    expect(await all(stream)).toEqual([])
    expect(house.application.listeners).toBe(0)
  })

  test('a client that reads slowly is sent no more than a batch once its token is taken back', async () => {
    const house = aHouse()
    for (let sequence = 1; sequence <= 1000; sequence++) house.application.emit(step(sequence))
    const stream = ids(await follow(house))
    expect((await stream.next()).value).toBe('1')
    house.revoke('viewer')
    expect((await all(stream)).at(-1)).toBe('200')
    expect(house.application.listeners).toBe(0)
  })

  test('without the media type it is a page', async () => {
    const house = aHouse()
    for (const sequence of [1, 2, 3]) house.application.emit(step(sequence))
    const page = await house.ask('viewer', 'GET', '/v1/tasks/1/events?limit=2')
    expect(await page.json()).toEqual({ items: [step(1), step(2)], next: '2' })
    const rest = await house.ask('viewer', 'GET', '/v1/tasks/1/events?limit=2&after=2')
    expect(await rest.json()).toEqual({ items: [step(3)] })
  })

  test('an id that is none is refused, and so is a task that is not there', async () => {
    const house = aHouse()
    for (const id of ['x', '-1', '1.5', '9'.repeat(30), ' 1'])
      expect((await follow(house, { 'last-event-id': `!${id}` })).status).toBe(400)
    const missing = await house.ask('viewer', 'GET', '/v1/tasks/7/events', undefined, STREAM)
    expect([missing.status, house.application.listeners]).toEqual([404, 0])
  })
})

describe('diff', () => {
  test('is exact bytes that no browser will run', async () => {
    const house = aHouse()
    const response = await house.ask('viewer', 'GET', '/v1/tasks/1/diff')
    expect(response.headers.get('content-type')).toBe('text/x-diff')
    expect(response.headers.get('x-content-type-options')).toBe('nosniff')
    expect(response.headers.get('airlock-patch-digest')).toBe(aTask(1).patch?.digest)
  })
})
