import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { Agent, AgentReport } from '#agents/agent.ts'
import { claudeCodeAgent } from '#agents/claude-code/agent.ts'
import { codexAgent } from '#agents/codex/agent.ts'
import { geminiAgent } from '#agents/gemini/agent.ts'
import { opencodeAgent } from '#agents/opencode/agent.ts'
import { agentSuite } from '../port-suites/agent.ts'
import { GRANT } from './guest-run.ts'

const assignment = { intent: 'Fix the rounding.', grant: GRANT }
const model = { provider: 'some', protocol: 'openai-chat', name: 'some-model' }

/** What each really printed over one scripted task, event by event. */
function recorded(agent: Agent): [string, AgentReport[]][] {
  const file = new URL(`../vectors/agents/${agent.name}.json`, import.meta.url)
  const events: { line: unknown; reports: AgentReport[] }[] = JSON.parse(readFileSync(file, 'utf8'))
  return events.map(({ line, reports }) => [JSON.stringify(line), reports])
}

for (const agent of [claudeCodeAgent, codexAgent, geminiAgent, opencodeAgent])
  agentSuite(agent.name, { agent, assignment, lines: recorded(agent) })

const last = (agent: Agent, ...lines: object[]) => {
  const read = agent.reader()
  return lines.map((line) => read(JSON.stringify(line))).at(-1)
}
const message = (text: string) => [{ kind: 'event', body: { kind: 'message', text } }]

describe('what agents say when they do not finish', () => {
  it('is a message and no summary', () => {
    const refused = 'API Error: 402 Airlock: the budget is gone'
    expect([
      last(claudeCodeAgent, { type: 'result', subtype: 'success', is_error: true, result: refused }),
      last(codexAgent, { type: 'turn.failed', error: { message: refused } }),
      last(geminiAgent, { type: 'result', status: 'error', error: { message: refused } }),
      last(opencodeAgent, { type: 'error', error: { name: 'APIError', data: { message: refused } } }),
    ]).toEqual(Array(4).fill(message(refused)))
  })

  it('tells what Claude Code did not permit itself', () => {
    const denials = [{ tool_name: 'Bash', tool_input: { command: 'rm -rf /' } }]
    expect(
      last(claudeCodeAgent, {
        type: 'result',
        subtype: 'success',
        is_error: false,
        result: 'Done.',
        permission_denials: denials,
      }),
    ).toEqual([
      {
        kind: 'refusal',
        refusal: {
          rule: 'agent.permission',
          boundary: 'command',
          what: 'Bash {"command":"rm -rf /"}',
          reason: 'Claude Code did not permit itself this tool.',
        },
      },
      { kind: 'finished', summary: 'Done.' },
    ])
  })
})

describe('readers that remember', () => {
  it('forget what never ends, and are still right about what does', () => {
    const begin = (id: string) => ({
      type: 'tool_use',
      tool_name: 'run_shell_command',
      tool_id: id,
      parameters: { command: `echo ${id}` },
    })
    const end = (id: string) => ({ type: 'tool_result', tool_id: id, status: 'success', output: '' })
    const read = geminiAgent.reader()
    for (let id = 0; id < 10_000; id++) read(JSON.stringify(begin(`${id}`)))
    expect(read(JSON.stringify(end('1')))).toEqual([])
    expect(read(JSON.stringify(end('9999')))).toEqual([
      { kind: 'event', body: { kind: 'command', command: 'echo 9999', phase: 'run' } },
    ])
  })

  it('cut an event that lists more files than anyone would read', () => {
    const changes = Array.from({ length: 5_000 }, (_, index) => ({ path: `f${index}`, kind: 'add' }))
    expect(last(codexAgent, { type: 'item.completed', item: { type: 'file_change', changes } })).toHaveLength(
      100,
    )
  })
})

describe('the plans of packaged agents', () => {
  it('keep the prompt off the command line, where it could pass for an option', () => {
    for (const agent of [claudeCodeAgent, codexAgent, geminiAgent, opencodeAgent]) {
      const plan = agent.plan(
        { ...assignment, intent: '--help' },
        { ...model, protocol: agent.protocols[0] ?? '' },
      )
      expect(plan.command).not.toContain('--help')
      expect(plan.input.startsWith('--help\n')).toBe(true)
      expect(plan.input).toContain('`src/billing/**`')
    }
  })

  it('quote the name of a model wherever it becomes part of a configuration', () => {
    const name = 'm"\n[x] = {env:HOME}'
    const codex = codexAgent.plan(assignment, { ...model, name })
    expect(codex.command).toContain(`model="m\\"\\n[x] = {env:HOME}"`)
    const opencode = opencodeAgent.plan(assignment, { ...model, name })
    expect(JSON.parse(opencode.environment.OPENCODE_CONFIG_CONTENT ?? '').model).toBe(`airlock/${name}`)
  })
})
