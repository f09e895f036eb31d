import { writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { DEMO_REFUSALS, demoScript } from '#demo/demo-script.ts'
import { type Script, turns } from '#demo/script.ts'
import { type ScriptedModel, startScriptedModel } from '#demo/scripted-model.ts'
import { briefFor, type Desk, GRANT, newDesk, runGuest } from './guest-run.ts'

const PROTOCOLS = ['anthropic', 'openai-responses', 'openai-chat', 'gemini'] as const

let desk: Desk
let model: ScriptedModel | undefined

beforeEach(async () => {
  desk = await newDesk()
})

afterEach(async () => {
  await model?.close()
  model = undefined
  await desk.remove()
})

async function play(script: Script): Promise<ScriptedModel> {
  model = await startScriptedModel({ script, listen: desk.socket })
  return model
}

describe('the guest program of the built-in agent', () => {
  it.each(PROTOCOLS)(
    'plays the demo over %s: refused what it must be, done what it should',
    async (protocol) => {
      const server = await play(demoScript)
      const { exitCode, reports, noise } = await runGuest(JSON.stringify(briefFor(desk, protocol)))
      expect({ exitCode, noise }).toEqual({ exitCode: 0, noise: [] })
      expect(reports.flatMap((report) => (report.kind === 'refusal' ? [report.refusal.rule] : []))).toEqual(
        // The network is refused by the gateway, which is not here.
        DEMO_REFUSALS.filter((rule) => rule !== 'network.none'),
      )
      expect(reports.flatMap((report) => (report.kind === 'event' ? [report.body] : []))).toEqual(
        expect.arrayContaining([
          { kind: 'file', action: 'read', path: 'src/billing/round.js' },
          { kind: 'file', action: 'edited', path: 'src/billing/round.js' },
          { kind: 'command', command: 'node --test', exitCode: 0, seconds: expect.any(Number), phase: 'run' },
          { kind: 'message', text: 'I run the tests.' },
        ]),
      )
      expect(reports.at(-1)).toEqual({
        kind: 'finished',
        summary: expect.stringContaining('never returns -0'),
      })
      expect(await readFile(join(desk.workspace, 'src/billing/round.js'), 'utf8')).toContain(
        'Math.abs(amount)',
      )
      expect(await readFile(join(desk.workspace, 'src/payments/charge.js'), 'utf8')).not.toContain('100')
      expect(server.requests()).toHaveLength(9)
      expect(JSON.stringify(server.requests()[0]?.body)).toContain('Halves are rounded away from zero')
    },
  )

  it('is told once to wrap up when the budget comes to its end, and the conversation stays what it was', async () => {
    const note = { wrapUp: true, budgets: [{ of: 'the task', dimension: 'money', used: 85, limit: 100 }] }
    const script = turns(
      { toolCalls: [{ name: 'list', input: { path: '.' } }] },
      { toolCalls: [{ name: 'list', input: { path: 'src' } }] },
      { toolCalls: [{ name: 'list', input: { path: 'test' } }] },
      { text: 'Done.' },
    )
    let asked = 0
    const server = await play((conversation) => {
      asked += 1
      if (asked === 2) writeFileSync(join(desk.directory, 'budget.json'), JSON.stringify(note))
      return script(conversation)
    })
    const { exitCode } = await runGuest(JSON.stringify(briefFor(desk, 'anthropic')))
    expect(exitCode).toBe(0)
    const reminders = server.requests().map((request) => {
      const text = JSON.stringify(request.body)
      return text.split('85 % of the money of the task is used up').length - 1
    })
    expect(reminders).toEqual([0, 0, 1, 1])
  })

  it('tells the model each refusal with rule, reason and remedy', async () => {
    const results: string[] = []
    await play((conversation) => {
      results.push(...conversation.toolResults)
      return turns(
        { toolCalls: [{ name: 'shell', input: { command: 'sudo id' } }] },
        { text: 'Done.' },
      )(conversation)
    })
    await runGuest(JSON.stringify(briefFor(desk, 'anthropic')))
    expect(results.map((result) => JSON.parse(result))).toEqual([
      {
        refused: true,
        rule: 'command.privilege-escalation',
        reason: 'sudo changes who the command runs as or what it may do.',
        remedy: expect.any(String),
      },
    ])
  })

  it('goes on after malformed tool input and unknown tools', async () => {
    await play(
      turns(
        { toolCalls: [{ name: 'read', input: { path: 7, more: true } }] },
        { toolCalls: [{ name: 'no-such-tool', input: {} }] },
        { toolCalls: [{ name: 'search', input: { pattern: '(', regex: true } }] },
        { text: 'Still here.' },
      ),
    )
    const { exitCode, reports } = await runGuest(JSON.stringify(briefFor(desk, 'openai-chat')))
    expect(exitCode).toBe(0)
    expect(reports.at(-1)).toEqual({ kind: 'finished', summary: 'Still here.' })
  })

  it('stops with 10 when its steps are used up', async () => {
    await play(() => ({ toolCalls: [{ name: 'list', input: {} }] }))
    const { exitCode, reports } = await runGuest(JSON.stringify(briefFor(desk, 'anthropic')))
    expect(exitCode).toBe(10)
    expect(reports.at(-1)).toEqual({
      kind: 'event',
      body: { kind: 'message', text: expect.stringMatching(/^budget: /) },
    })
    expect(model?.requests()).toHaveLength(200)
  })

  it.each(PROTOCOLS)('stops with 10 and the words of the gateway on a 402 over %s', async (protocol) => {
    let calls = 0
    const server = createServer((request, response) => {
      calls++
      request.resume()
      response.writeHead(402, { 'content-type': 'application/json' })
      const error = {
        type: 'invalid_request_error',
        message: 'Airlock: budget exhausted',
        param: null,
        // Gemini's clients want a number and a status, the others do not mind.
        ...(protocol === 'gemini' ? { code: 402, status: 'FAILED_PRECONDITION' } : { code: null }),
      }
      response.end(JSON.stringify({ type: 'error', error }))
    })
    await new Promise<void>((done) => server.listen(desk.socket, done))
    const { exitCode, reports } = await runGuest(JSON.stringify(briefFor(desk, protocol)))
    await new Promise((done) => server.close(done))
    expect({ exitCode, reports, calls }).toEqual({
      exitCode: 10,
      reports: [{ kind: 'event', body: { kind: 'message', text: 'budget: Airlock: budget exhausted' } }],
      calls: 1,
    })
  })

  it.each(PROTOCOLS)('stops with 11 when nobody answers over %s', async (protocol) => {
    const { exitCode, reports } = await runGuest(JSON.stringify(briefFor(desk, protocol)))
    expect(exitCode).toBe(11)
    expect(reports.at(-1)).toMatchObject({
      body: { kind: 'message', text: expect.stringContaining('could not go on') },
    })
  })

  it('stops with 12 when it is given no brief', async () => {
    for (const input of ['', '{}', 'null', '{"version":1}', '['.repeat(10_000)]) {
      const { exitCode, reports } = await runGuest(input)
      expect({ exitCode, reports }).toEqual({ exitCode: 12, reports: [] })
    }
  })

  it('stops with 143 on SIGTERM and takes its running command along', async () => {
    await play(
      turns(
        { toolCalls: [{ name: 'shell', input: { command: 'echo $$ > pid; sleep 300' } }] },
        { text: 'x' },
      ),
    )
    const pidFile = join(desk.workspace, 'pid')
    const { exitCode } = await runGuest(JSON.stringify(briefFor(desk, 'anthropic')), async (child) => {
      for (let pid = ''; !pid; await new Promise((next) => setTimeout(next, 50)))
        pid = await readFile(pidFile, 'utf8').catch(() => '')
      child.kill('SIGTERM')
    })
    expect(exitCode).toBe(143)
    const pid = Number(await readFile(pidFile, 'utf8'))
    // Gone, or dead and waiting for whoever is process 1 here to notice.
    const state = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => 'gone')
    expect(state).toMatch(/^gone$|\) Z /)
  })

  it('gives feedback of the gates to the model', async () => {
    const server = await play(() => ({ text: 'Seen.' }))
    const assignment = { intent: 'Fix it.', grant: GRANT, feedback: 'test/round.test.js fails: -2 is not -3' }
    await runGuest(JSON.stringify(briefFor(desk, 'openai-responses', { assignment })))
    expect(JSON.stringify(server.requests()[0]?.body)).toContain('-2 is not -3')
  })
})
