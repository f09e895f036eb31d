import { describe, expect, it } from 'vitest'
import type { AgentReport } from '#agents/agent.ts'
import { builtinAgent } from '#agents/builtin/agent.ts'
import { Brief } from '#agents/builtin/brief.ts'
import { reportLine } from '#agents/report.ts'
import { agentSuite } from '../port-suites/agent.ts'
import { GRANT } from './guest-run.ts'

const REPORTS: readonly AgentReport[] = [
  { kind: 'event', body: { kind: 'message', text: 'Hello,\n\tworld' } },
  { kind: 'event', body: { kind: 'command', command: 'npm test', exitCode: 1, seconds: 1.5, phase: 'run' } },
  { kind: 'event', body: { kind: 'command', command: 'sleep 9', phase: 'run' } },
  { kind: 'event', body: { kind: 'file', action: 'edited', path: 'src/a.js' } },
  { kind: 'event', body: { kind: 'tool_call', tool: 'search', what: 'round', outcome: 'done' } },
  { kind: 'event', body: { kind: 'permission', what: 'run npm test', answer: 'refused', rule: 'command.x' } },
  {
    kind: 'refusal',
    refusal: { rule: 'scope.write', boundary: 'scope', what: 'write a', reason: 'No.', remedy: 'Ask.' },
  },
  { kind: 'refusal', refusal: { rule: 'edit.syntax', boundary: 'edit', what: 'edit a', reason: 'No.' } },
  { kind: 'finished', summary: 'Done.' },
]

const assignment = { intent: 'Fix the rounding.', grant: GRANT }

agentSuite('built-in', {
  agent: builtinAgent,
  assignment,
  lines: REPORTS.map((report) => [reportLine(report).trimEnd(), [report]] as const),
})

describe('the plan of the built-in agent', () => {
  it('is a brief the guest program accepts', () => {
    const plan = builtinAgent.plan(assignment, { provider: 'p', protocol: 'openai-chat', name: 'm' })
    expect(plan.environment).toEqual({})
    expect(Brief.parse(JSON.parse(plan.input))).toEqual({
      version: 1,
      workspace: '/workspace',
      socket: '/run/airlock/model.sock',
      model: { provider: 'p', protocol: 'openai-chat', name: 'm' },
      assignment,
    })
  })

  it('cuts a command claimed in another phase back to the one it ran in', () => {
    const line = JSON.stringify({ kind: 'event', body: { kind: 'command', command: 'x', phase: 'check' } })
    expect(builtinAgent.reader()(line)).toEqual([
      { kind: 'event', body: { kind: 'command', command: 'x', phase: 'run' } },
    ])
  })
})
