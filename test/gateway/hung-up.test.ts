import { once } from 'node:events'
import { createServer, request, type Server } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import type { Protocol } from '#gateway/gateway.ts'
import { openTestLane, type TestLane } from './open-test-lane.ts'

let lane: TestLane
let provider: Server
afterEach(async () => {
  await lane.close()
  provider.closeAllConnections()
  provider.close()
})

/** A provider that says so much, and then nothing more. */
async function openOn(protocol: Protocol, event: object): Promise<() => number> {
  let asked = 0
  provider = createServer((_, response) => {
    asked += 1
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write(`data: ${JSON.stringify(event)}\n\n`)
  }).listen(0, '127.0.0.1')
  await once(provider, 'listening')
  lane = await openTestLane(protocol, `http://127.0.0.1:${(provider.address() as AddressInfo).port}`)
  return () => asked
}

/** Calls, hears the first event, and hangs up. */
async function hangUp(path: string, body: object): Promise<void> {
  const req = request({
    socketPath: join(lane.directory, 'model.sock'),
    path,
    method: 'POST',
    agent: false,
  })
  req.on('error', () => undefined)
  req.end(JSON.stringify(body))
  const [res] = await once(req, 'response')
  await once(res, 'data')
  req.destroy()
}

describe('An agent that hangs up before the bill comes pays for what the provider read:', () => {
  const start = { type: 'message_start', message: { usage: { input_tokens: 300_000, output_tokens: 1 } } }
  const piece = { candidates: [], usageMetadata: { promptTokenCount: 300_000, candidatesTokenCount: 2_000 } }

  test.each<[Protocol, object, string, object, object]>([
    [
      'anthropic',
      start,
      '/v1/messages',
      { model: 'claude-opus-4-8', max_tokens: 8, stream: true, messages: [] },
      { inputTokens: 300_000, outputTokens: 8 },
    ],
    [
      'gemini',
      piece,
      '/v1beta/models/gemini-2.5-pro:streamGenerateContent?alt=sse',
      { generationConfig: { maxOutputTokens: 8 } },
      { inputTokens: 300_000, outputTokens: 2_000 },
    ],
    [
      'openai-responses',
      { type: 'response.output_text.delta', delta: 'all there was to say' },
      '/v1/responses',
      { model: 'gpt-5.5', stream: true, max_output_tokens: 8, input: 'x', previous_response_id: 'resp_1' },
      { inputTokens: 1_000_000, outputTokens: 8 },
    ],
  ])('%s %#', async (protocol, event, path, body, spend) => {
    await openOn(protocol, event)
    await hangUp(path, body)
    await expect.poll(() => lane.calls).toMatchObject([{ spend }])
  })
})

test('calls that come through one connection, one behind the other, are bounded like connections', async () => {
  const asked = await openOn('anthropic', { type: 'ping' })
  const body = JSON.stringify({ model: 'claude-opus-4-8', max_tokens: 1, messages: [] })
  const call = `POST /v1/messages/count_tokens HTTP/1.1\r\nHost: g\r\nContent-Length: ${body.length}\r\n\r\n${body}`
  const calls = await openTestLaneOfThree()
  const socket = connect(join(calls.directory, 'model.sock')).on('error', () => undefined)
  const closed = once(socket.resume(), 'close')
  socket.write(call.repeat(20))
  await closed
  await calls.close()
  expect(asked()).toBeLessThanOrEqual(3)
})

/** Beside the other, at the same provider. */
function openTestLaneOfThree(): Promise<TestLane> {
  const { port } = provider.address() as AddressInfo
  return openTestLane('anthropic', `http://127.0.0.1:${port}`, {}, { modelLimits: { calls: 3 } })
}
