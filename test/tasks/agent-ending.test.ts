import { expect, test } from 'vitest'
import type { SandboxEnding } from '#sandbox/driver.ts'
import { agentEnding, type Seen } from '#tasks/agent-ending.ts'

const EXITED: SandboxEnding = {
  cause: 'exited',
  exitCode: 0,
  seconds: 1,
  outputBytes: 0,
  outputCut: false,
  enforcement: 'cgroup',
}
const BADLY: SandboxEnding = { ...EXITED, exitCode: 11 }
const WELL: Seen = {
  cancelled: false,
  idle: false,
  reachable: true,
  refusedForBudget: false,
  requestsUsedUp: false,
  lastStatus: 200,
}

test.for<[string, SandboxEnding, Partial<Seen>, string, string | undefined]>([
  ['an agent that exits well has finished', EXITED, {}, 'finished', undefined],
  ['even with its very last call', EXITED, { requestsUsedUp: true }, 'finished', undefined],
  ['even when that call went wrong', EXITED, { lastStatus: 529 }, 'finished', undefined],
  [
    'a cancelled one was cancelled, whatever else',
    BADLY,
    { cancelled: true, idle: true },
    'cancelled',
    undefined,
  ],
  ['a silent one was idle', { ...BADLY, cause: 'killed' }, { idle: true }, 'idle', 'agent_idle'],
  ['a slow one had its time', { ...BADLY, cause: 'timed_out' }, {}, 'time', 'time_exhausted'],
  [
    'one that was refused a call had its budget',
    EXITED,
    { refusedForBudget: true },
    'budget',
    'budget_exhausted',
  ],
  ['one that counts its calls had its budget', BADLY, { requestsUsedUp: true }, 'budget', 'budget_exhausted'],
  ['one without its lane lost the gateway', BADLY, { reachable: false }, 'crashed', 'gateway_lost'],
  [
    'one after a 503 could not reach its provider',
    BADLY,
    { lastStatus: 503 },
    'crashed',
    'provider_unreachable',
  ],
  ['one after a 401 was refused by it', BADLY, { lastStatus: 401 }, 'crashed', 'provider_refused'],
  ['any other crashed', { ...BADLY, cause: 'out_of_memory' }, {}, 'crashed', 'agent_failed'],
])('%s', ([, ended, seen, ending, code]) => {
  const found = agentEnding(ended, { ...WELL, ...seen }, { seconds: 60, idleSeconds: 30 })
  expect({ ending: found.ending, code: found.failure?.code }).toEqual({ ending, code })
})
