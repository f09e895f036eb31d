import { spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { acpAgent, PACKAGED_ACP_AGENTS } from '#agents/acp/agent.ts'
import { AcpBrief } from '#agents/acp/brief.ts'
import type { Agent, AgentReport } from '#agents/agent.ts'
import { readReport, reportLine } from '#agents/report.ts'
import { agentSuite } from '../port-suites/agent.ts'
import { type Desk, GRANT, newDesk } from './guest-run.ts'

const MAIN = resolve(import.meta.dirname, '../../src/agents/acp/main.ts')
const FAKE = resolve(import.meta.dirname, 'acp-agent.js')
const assignment = { intent: 'Fix the rounding.', grant: GRANT }

function named(name: string): Agent {
  const agent = acpAgent(name)
  if (agent === undefined) throw new Error(`${name} should be an ACP agent`)
  return agent
}

const REPORTS: readonly AgentReport[] = [
  { kind: 'event', body: { kind: 'permission', what: 'npm test', answer: 'allowed' } },
  { kind: 'finished', summary: 'Done.' },
]
for (const command of [...PACKAGED_ACP_AGENTS, 'npx some-agent --acp'])
  agentSuite(`acp:${command}`, {
    agent: named(`acp:${command}`),
    assignment,
    lines: REPORTS.map((report) => [reportLine(report).trimEnd(), [report]]),
  })

describe('the names of ACP agents', () => {
  it('are words without a shell: nothing that could be a second line, or pass for one', () => {
    for (const name of [
      'acp:',
      'acp: x',
      'acp:x  y',
      'acp:x\ny',
      'acp:\u001b[2J',
      'acp:é',
      'x',
      `acp:${'x'.repeat(200)}`,
    ])
      expect(acpAgent(name)).toBeUndefined()
    const plan = named('acp:tool $(id) ;reboot').plan(assignment, {
      provider: 'p',
      protocol: 'gemini',
      name: 'm',
    })
    expect(AcpBrief.parse(JSON.parse(plan.input)).command).toEqual(['tool', '$(id)', ';reboot'])
  })

  it('do not find what every object has', () => {
    expect(named('acp:constructor').package).toBeUndefined()
    expect(named('acp:gemini').package).toBe('gemini')
  })
})

describe('the guest program of ACP agents', () => {
  let desk: Desk
  beforeEach(async () => {
    desk = await newDesk()
  })
  afterEach(() => desk.remove())

  async function play(...command: string[]) {
    const brief: AcpBrief = {
      version: 1,
      workspace: desk.workspace,
      command,
      prompt: 'Do it.',
      scope: GRANT.scope,
      protectedPaths: GRANT.protectedPaths,
    }
    const child = spawn(process.execPath, [MAIN], { stdio: ['pipe', 'pipe', 'ignore'] })
    child.stdin.end(JSON.stringify(brief))
    let said = ''
    child.stdout.on('data', (chunk) => {
      said += chunk
    })
    const exit = await new Promise((done) => child.on('close', done))
    const lines = said.split('\n').filter((line) => line !== '' && line !== '{"kind":"alive"}')
    return { exit, reports: lines.flatMap((line) => [...readReport(line)]), lines: lines.length }
  }
  const act = (name: string) => play(process.execPath, FAKE, name)
  const events = (reports: readonly AgentReport[]) =>
    reports.flatMap((report) => (report.kind === 'event' ? [report.body] : []))

  it('answers what is asked by the command guard and the scope, never for ever, and says so', async () => {
    const { exit, reports } = await act('asks')
    expect(exit).toBe(0)
    expect(reports.at(-1)).toEqual({
      kind: 'finished',
      summary:
        'allow_once reject_once reject_once allow_once reject_once reject_once reject_once allow_once cancelled reject_once',
    })
    const asked = events(reports).flatMap((body) => (body.kind === 'permission' ? [body] : []))
    expect(asked.map(({ what, rule = 'allowed' }) => [what, rule])).toEqual([
      ['npm test', 'allowed'],
      ['sudo id', 'command.privilege-escalation'],
      ['git push', 'command.git-push'],
      ['Edit', 'allowed'],
      ['Edit', 'scope.protected'],
      ['Edit', 'scope.path-outside'],
      ['Remove something', 'permission.unreadable'],
      ['Read', 'allowed'],
      ['Read for ever', 'permission.for-ever'],
      ['yolo', 'permission.mode'],
    ])
    expect(reports.filter(({ kind }) => kind === 'refusal')).toHaveLength(7)
  })

  it('writes files for an agent within the scope, and offers nothing else', async () => {
    const { reports } = await act('writes')
    const finished = reports.at(-1)
    if (finished?.kind !== 'finished') throw new Error('it should finish')
    const [written, inTest, outside, read, terminal] = finished.summary.split('\n')
    expect([written, read, terminal]).toEqual(['written', '-32601', '-32601'])
    expect(inTest).toContain('protected')
    expect(outside).toContain('leads out of the workspace')
    expect(await readFile(join(desk.workspace, 'src/billing/deep/new.js'), 'utf8')).toBe('new')
    await expect(readFile(join(desk.workspace, '../out.js'))).rejects.toThrow('ENOENT')
  })

  it('goes on after messages that are none, and takes ten thousand at once', async () => {
    expect(await act('garbage')).toMatchObject({
      exit: 0,
      reports: [{}, { kind: 'finished', summary: 'still here' }],
    })
    const flood = await act('flood')
    expect(flood.reports.filter(({ kind }) => kind === 'event')).toHaveLength(10_000)
  })

  it.each([
    ['crash', 'The agent ended early (SIGSEGV).'],
    ['leaves', 'The agent ended early (exit code 0).'],
  ])('says so when the agent is gone by itself: %s', async (name, text) => {
    const { exit, reports } = await act(name)
    expect({ exit, said: events(reports) }).toEqual({ exit: 11, said: [{ kind: 'message', text }] })
  })

  it('ends with an agent whose message is larger than any should be', async () => {
    const { exit, reports } = await act('huge')
    expect({ exit, said: events(reports).length }).toEqual({ exit: 11, said: 1 })
  })

  it('says that there is no such program, and that its input is no brief', async () => {
    const { exit, reports } = await play('/nonexistent/agent')
    expect(exit).toBe(11)
    expect(events(reports)).toEqual([
      { kind: 'message', text: expect.stringContaining('could not be started') },
    ])
    const child = spawn(process.execPath, [MAIN], { stdio: ['pipe', 'ignore', 'ignore'] })
    child.stdin.end('{}')
    expect(await new Promise((done) => child.on('close', done))).toBe(12)
  })
})
