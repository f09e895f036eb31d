// An agent that speaks the Agent Client Protocol by hand, and badly where it is told to: `node acp-agent.js ACT`.
import { createInterface } from 'node:readline'

const act = process.argv[2]
const send = (message) => process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`)
const update = (update) => send({ method: 'session/update', params: { sessionId: 's', update } })
const say = (text) => update({ sessionUpdate: 'agent_message_chunk', content: { type: 'text', text } })
const waiting = new Map()
let asked = 100
const ask = (method, params) =>
  new Promise((answer) => {
    waiting.set(++asked, answer)
    send({ id: asked, method, params: { sessionId: 's', ...params } })
  })
const permission = (toolCall, kinds = ['allow_once', 'allow_always', 'reject_once']) =>
  ask('session/request_permission', {
    toolCall: { toolCallId: 'c', ...toolCall },
    options: kinds.map((kind) => ({ optionId: kind, name: kind, kind })),
  })

const acts = {
  async asks() {
    const answers = [
      await permission({ kind: 'execute', title: 'npm test', rawInput: { command: 'npm test' } }),
      await permission({ kind: 'execute', title: 'sudo id' }),
      await permission({ kind: 'execute', rawInput: { command: ['git', 'push'] } }),
      await permission({ kind: 'edit', title: 'Edit', locations: [{ path: 'src/billing/a.js' }] }),
      await permission({ kind: 'edit', title: 'Edit', locations: [{ path: 'test/a.js' }] }),
      await permission({ kind: 'edit', title: 'Edit', content: [{ type: 'diff', path: '/etc/passwd', newText: '' }] }),
      await permission({ kind: 'delete', title: 'Remove something' }),
      await permission({ kind: 'read', title: 'Read' }),
      await permission({ kind: 'read', title: 'Read for ever' }, ['allow_always']),
      await permission({ kind: 'switch_mode', title: 'yolo' }),
    ]
    for (const { result } of answers) say(`${result.outcome.optionId ?? result.outcome.outcome} `)
  },
  async writes() {
    for (const path of ['src/billing/deep/new.js', 'test/new.js', '../out.js'])
      say(`${(await ask('fs/write_text_file', { path, content: 'new' })).error?.message ?? 'written'}\n`)
    say(`${(await ask('fs/read_text_file', { path: 'src/billing/round.js' })).error?.code}\n`)
    say(`${(await ask('terminal/create', { command: 'id' })).error?.code}`)
  },
  async garbage() {
    process.stdout.write('this is no JSON\n{"jsonrpc":"2.0"}\n[]\nnull\n{"jsonrpc":"2.0","id":{},"method":7}\n')
    send({ method: 'session/update', params: 7 })
    send({ method: 'session/update', params: { sessionId: 's', update: { sessionUpdate: 'of another time' } } })
    send({ id: 'x', result: {} })
    say('still here')
  },
  async flood() {
    for (let count = 0; count < 10_000; count++)
      update({ sessionUpdate: 'tool_call', toolCallId: `${count}`, title: 'true', kind: 'execute', status: 'completed' })
  },
  crash: () => process.kill(process.pid, 'SIGSEGV'),
  leaves: () => process.exit(0),
  async huge() {
    process.stdout.write(`{"jsonrpc":"2.0","method":"x","params":"${'y'.repeat(40_000_000)}"}\n`)
    await new Promise((later) => setTimeout(later, 20_000))
  },
}

createInterface({ input: process.stdin }).on('line', async (line) => {
  const { id, method, params, ...rest } = JSON.parse(line)
  if (method === undefined) return waiting.get(id)?.(rest)
  if (method === 'initialize') send({ id, result: { protocolVersion: params.protocolVersion } })
  if (method === 'session/new') send({ id, result: { sessionId: 's' } })
  if (method !== 'session/prompt') return
  await acts[act]()
  send({ id, result: { stopReason: act === 'refuses' ? 'refusal' : 'end_turn' } })
})
