import { spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { Readable, Writable } from 'node:stream'
import {
  client,
  methods,
  ndJsonStream,
  PROTOCOL_VERSION,
  type RequestPermissionRequest,
  type SessionUpdate,
} from '@agentclientprotocol/sdk'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { turns } from '#demo/script.ts'
import { type ScriptedModel, startScriptedModel } from '#demo/scripted-model.ts'
import { type Desk, newDesk } from './guest-run.ts'

const MAIN = resolve(import.meta.dirname, '../../src/agents/builtin/acp-main.ts')

let desk: Desk
let model: ScriptedModel
beforeEach(async () => {
  desk = await newDesk()
})
afterEach(async () => {
  await model?.close()
  await desk.remove()
})

interface Told {
  readonly asked: RequestPermissionRequest[]
  readonly updates: SessionUpdate[]
}

/** A client as editors are: the SDK's own, over the standard input and output of the agent it started. */
async function withAgent<T>(
  words: readonly string[],
  allow: (asked: RequestPermissionRequest) => boolean,
  work: (prompt: (text: string) => Promise<string>, told: Told) => Promise<T>,
): Promise<T> {
  const child = spawn(process.execPath, [MAIN, ...words], { stdio: ['pipe', 'pipe', 'ignore'] })
  const told: Told = { asked: [], updates: [] }
  const app = client({ name: 'a test' })
    .onRequest(methods.client.session.requestPermission, ({ params }) => {
      told.asked.push(params)
      return { outcome: { outcome: 'selected', optionId: allow(params) ? 'allow' : 'reject' } }
    })
    .onNotification(methods.client.session.update, ({ params }) => void told.updates.push(params.update))
  try {
    return await app.connectWith(
      ndJsonStream(Writable.toWeb(child.stdin), Readable.toWeb(child.stdout) as ReadableStream<Uint8Array>),
      async (agent) => {
        await agent.request(methods.agent.initialize, { protocolVersion: PROTOCOL_VERSION })
        const { sessionId } = await agent.request(methods.agent.session.new, {
          cwd: desk.workspace,
          mcpServers: [],
        })
        return work(async (text) => {
          const { stopReason } = await agent.request(methods.agent.session.prompt, {
            sessionId,
            prompt: [{ type: 'text', text }],
          })
          return stopReason
        }, told)
      },
    )
  } finally {
    child.kill()
  }
}

const options = (url: string) => ['--protocol', 'openai-chat', '--model', 'scripted', '--base-url', url]

it('works for any ACP client, asks before it changes anything, and tells what it did', async () => {
  model = await startScriptedModel({
    script: turns(
      { text: 'I begin.', toolCalls: [{ name: 'read', input: { path: 'src/billing/round.js' } }] },
      { toolCalls: [{ name: 'shell', input: { command: 'echo hello > made.txt', seconds: 9 } }] },
      { toolCalls: [{ name: 'create', input: { path: 'src/new.txt', text: 'new' } }] },
      { toolCalls: [{ name: 'shell', input: { command: 'sudo id', seconds: 9 } }] },
      { text: 'Done.' },
    ),
  })
  const onlyCommands = ({ toolCall }: RequestPermissionRequest) => toolCall.kind === 'execute'
  await withAgent(options(model.url), onlyCommands, async (prompt, told) => {
    expect(await prompt('Make something.')).toBe('end_turn')
    expect(told.asked.map(({ toolCall }) => [toolCall.kind, toolCall.title])).toEqual([
      ['execute', 'echo hello > made.txt'],
      ['edit', 'src/new.txt'],
    ])
    expect(told.updates).toMatchObject([
      { sessionUpdate: 'agent_message_chunk', content: { text: 'I begin.\n\n' } },
      { sessionUpdate: 'tool_call', kind: 'read', status: 'completed' },
      { sessionUpdate: 'tool_call', kind: 'execute', title: 'echo hello > made.txt', rawOutput: { exit: 0 } },
      { sessionUpdate: 'tool_call', kind: 'other', status: 'failed', title: 'write src/new.txt' },
      { sessionUpdate: 'tool_call', kind: 'other', status: 'failed', title: 'sudo id' },
      { sessionUpdate: 'agent_message_chunk', content: { text: 'Done.\n\n' } },
    ])
    expect(await readFile(join(desk.workspace, 'made.txt'), 'utf8')).toBe('hello\n')
    await expect(readFile(join(desk.workspace, 'src/new.txt'))).rejects.toThrow('ENOENT')
    expect(await prompt('And now?')).toBe('end_turn')
    expect(JSON.stringify(model.requests().at(-1)?.body)).toContain('What was said before')
  })
})

it('says why when its model does not answer, and goes on serving', async () => {
  model = await startScriptedModel({ script: () => ({ text: 'x' }), key: 'another' })
  const everything = () => true
  await withAgent(options(model.url), everything, async (prompt) => {
    await expect(prompt('Hello?')).rejects.toThrow('invalid key')
    await expect(prompt('Still there?')).rejects.toThrow('invalid key')
  })
})

it('wants to be told which model', async () => {
  const child = spawn(process.execPath, [MAIN, '--model', 'x'], { stdio: ['ignore', 'ignore', 'pipe'] })
  let said = ''
  child.stderr.on('data', (chunk) => {
    said += chunk
  })
  expect(await new Promise((done) => child.on('close', done))).toBe(64)
  expect(said).toContain('usage: --protocol anthropic|')
})
