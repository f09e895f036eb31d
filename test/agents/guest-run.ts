import { type ChildProcess, spawn } from 'node:child_process'
import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { AgentReport } from '#agents/agent.ts'
import { builtinAgent } from '#agents/builtin/agent.ts'
import type { Brief } from '#agents/builtin/brief.ts'
import { Budget } from '#contract/budget.ts'
import type { Grant } from '#policy/grant.ts'

const ROOT = resolve(import.meta.dirname, '../..')

export const GRANT: Grant = {
  version: 1,
  task: 'tsk_00000000000000000000',
  attempt: 1,
  onBehalfOf: { id: 'usr_1', name: 'Ada', email: 'ada@example.com' },
  agent: 'builtin',
  model: 'scripted/scripted',
  scope: { include: ['src/billing/**'], exclude: [] },
  protectedPaths: ['test/**'],
  budget: Budget.parse({}),
  egress: { prepare: [], run: [] },
}

export interface Desk {
  readonly directory: string
  readonly workspace: string
  readonly socket: string
  remove(): Promise<void>
}

/** A copy of the sample repository and a place for a socket, outside any sandbox. */
export async function newDesk(): Promise<Desk> {
  const directory = await mkdtemp(join(tmpdir(), 'airlock-agent-'))
  const workspace = join(directory, 'workspace')
  await cp(join(ROOT, 'examples/sample-repository'), workspace, { recursive: true })
  return {
    directory,
    workspace,
    socket: join(directory, 'model.sock'),
    remove: () => rm(directory, { recursive: true, force: true }),
  }
}

export function briefFor(desk: Desk, protocol: Brief['model']['protocol'], more: Partial<Brief> = {}): Brief {
  return {
    version: 1,
    workspace: desk.workspace,
    socket: desk.socket,
    model: { provider: 'scripted', protocol, name: 'scripted' },
    assignment: { intent: 'Fix the rounding.', grant: GRANT },
    ...more,
  }
}

export interface GuestEnding {
  readonly exitCode: number | null
  readonly reports: readonly AgentReport[]
  /** Lines that the host could not read: there must be none. */
  readonly noise: readonly string[]
  readonly stderr: string
}

/** Runs the real guest program with this Node, without a sandbox around it. */
export async function runGuest(input: string, during?: (child: ChildProcess) => void): Promise<GuestEnding> {
  const child = spawn(process.execPath, [join(ROOT, 'src/agents/builtin/main.ts')], {
    env: { PATH: process.env.PATH, HOME: '/nonexistent' },
  })
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (chunk) => {
    stdout += chunk
  })
  child.stderr.on('data', (chunk) => {
    stderr += chunk
  })
  child.stdin.end(input)
  during?.(child)
  const exitCode = await new Promise<number | null>((done) => child.on('close', done))
  const lines = stdout.split('\n').filter(Boolean)
  const reader = builtinAgent.reader()
  const read = lines.map((line) => reader(line))
  return {
    exitCode,
    reports: read.flat(),
    noise: lines.filter((_, index) => read[index]?.length === 0),
    stderr,
  }
}
