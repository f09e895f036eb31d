import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'

const REPLY = JSON.stringify({
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: 'claude-opus-4-8',
  content: [{ type: 'text', text: 'y'.repeat(1_000) }],
  stop_reason: 'end_turn',
  usage: { input_tokens: 2_000, output_tokens: 250 },
})
const CHUNKS = 200
const PACE = 2

/** Speaks Anthropic Messages: 1 KB at once, or 200 pieces, slowly where 99 tokens are asked for. */
export async function serveModel(): Promise<string> {
  const server = createServer((req, res) => {
    const chunks: Buffer[] = []
    req.on('data', (chunk: Buffer) => chunks.push(chunk))
    req.on('end', () => {
      const body = Buffer.concat(chunks)
      if (body.includes('"stream":true')) void stream(res, body.includes('"max_tokens":99,'))
      else
        res.writeHead(200, { 'content-type': 'application/json', 'content-length': REPLY.length }).end(REPLY)
    })
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** Each piece says when it left. */
async function stream(res: ServerResponse, paced: boolean): Promise<void> {
  res.writeHead(200, { 'content-type': 'text/event-stream' })
  const send = (type: string, more: object) =>
    res.write(`event: ${type}\ndata: ${JSON.stringify({ type, ...more })}\n\n`)
  send('message_start', { message: { id: 'msg_1', usage: { input_tokens: 2_000, output_tokens: 1 } } })
  for (let index = 0; index < CHUNKS; index++) {
    const sent = performance.timeOrigin + performance.now()
    send('content_block_delta', { index: 0, delta: { type: 'text_delta', text: `sent=${sent} ` } })
    if (paced) await pause(PACE)
    else await new Promise((resolve) => setImmediate(resolve))
  }
  send('message_delta', { delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 250 } })
  send('message_stop', {})
  res.end()
}
