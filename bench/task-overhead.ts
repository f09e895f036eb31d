/**
 * What Airlock itself takes of a task: from asking for it until it waits for review, less the agent's own time (from its
 * first model call to its end; starting it counts as ours). A real server, a real sandbox, a scripted model that does
 * not think. Each round asks twice: on a commit nobody has worked on yet, and again on the same one.
 * The floor is the same errand without Airlock: clone, run a Node once and the gate twice in bare bwrap, commit.
 * Aim on two cores: at most 1.5 s for a small repository, 5 s for one of 20,000 files.
 *
 *     node bench/task-overhead.ts [rounds]
 */
import { setTimeout as pause } from 'node:timers/promises'
import { createClient } from '#cli/client.ts'
import type { TaskEvent } from '#contract/event.ts'
import type { Task } from '#contract/task.ts'
import { turns } from '#demo/script.ts'
import { startScriptedModel } from '#demo/scripted-model.ts'
import type { Result } from '#kernel/result.ts'
import { startBenchServer } from './rig/server.ts'
import { bareErrand, syntheticRepository } from './rig/synthetic-repository.ts'
import { median, report } from './rig/table.ts'

const ROUNDS = Number(process.argv[2] ?? 3)
const SIZES = [
  { name: 'small', files: 40, aim: 1_500 },
  { name: '20,000 files', files: 20_000, aim: 5_000 },
]
const PHASES = ['submit', 'pick up', 'prepare', 'start agent', 'agent', 'import', 'check'] as const
type Phases = Readonly<Record<(typeof PHASES)[number], number>>

const model = await startScriptedModel({
  script: turns(
    { toolCalls: [{ name: 'edit', input: { path: 'src/0/0.js', old: 'return 0', new: 'return 1' } }] },
    { text: 'Done.' },
  ),
})
const server = await startBenchServer()
const client = createClient(server.door)
try {
  given(
    await client.addProvider({ name: 'scripted', protocol: 'anthropic', baseUrl: model.url, key: 'none' }),
  )
  for (const size of SIZES) await measure(size)
} finally {
  await server.stop()
  await model.close()
}

async function measure({ name, files, aim }: (typeof SIZES)[number]): Promise<void> {
  const repository = await syntheticRepository(server.directory, files)
  const project = given(await client.createProject({ url: repository.url })).id
  await taskOn(project) // the first task of a server also waits for the database to warm up
  const rounds: { readonly first: Phases; readonly again: Phases; readonly floor: number }[] = []
  for (let round = 0; round < ROUNDS; round += 1) {
    await repository.commit()
    const floor = await timed(() => bareErrand(repository))
    rounds.push({ first: await taskOn(project), again: await taskOn(project), floor })
  }
  const floor = median(rounds.map((round) => round.floor))
  for (const kind of ['first', 'again'] as const) {
    const phases = rounds.map((round) => round[kind])
    const overhead = median(phases.map(overheadOf))
    const parts = PHASES.map((phase) => `${phase} ${median(phases.map((each) => each[phase])).toFixed(0)}`)
    console.log(`${name}, ${kind === 'first' ? 'new commit' : 'same commit'}: ${parts.join(', ')} ms`)
    console.log(
      `  overhead ${overhead.toFixed(0)} ms (aim ${aim}: ${overhead <= aim ? 'met' : 'missed'}), ` +
        `floor ${floor.toFixed(0)} ms, ratio ${(overhead / floor).toFixed(2)}`,
    )
    report({
      what: `task, ${name}, ${kind === 'first' ? 'new commit' : 'same commit'}`,
      ratio: overhead / floor,
      to: `the bare errand (${(overhead / 1000).toFixed(2)} s to ${(floor / 1000).toFixed(2)} s)`,
      aim: `at most ${aim / 1000} s`,
      met: overhead <= aim,
    })
  }
}

function overheadOf(phases: Phases): number {
  return PHASES.reduce((sum, phase) => (phase === 'agent' ? sum : sum + phases[phase]), 0)
}

async function taskOn(project: string): Promise<Phases> {
  const asked = Date.now()
  const task = given(
    await client.submit({
      intent: 'Return one',
      project,
      model: 'scripted/m',
      scope: { include: ['src/**'] },
    }),
  )
  const ended = await settled(task.id)
  if (ended.state !== 'awaiting_review')
    throw new Error(`the task is ${ended.state}: ${ended.cause?.message}`)
  return phasesOf(asked, await eventsOf(task.id))
}

async function settled(task: string): Promise<Task> {
  for (;;) {
    const now = given(await client.task(task))
    if (['awaiting_review', 'failed', 'stopped'].includes(now.state)) return now
    await pause(50)
  }
}

async function eventsOf(task: string): Promise<TaskEvent[]> {
  const events: TaskEvent[] = []
  const stop = new AbortController()
  for await (const event of client.events(task, stop.signal)) {
    events.push(event)
    if (event.body.kind === 'state' && event.body.to === 'awaiting_review') break
  }
  stop.abort()
  return events
}

function phasesOf(asked: number, events: readonly TaskEvent[]): Phases {
  const when = (match: (body: TaskEvent['body']) => boolean) => {
    const event = events.find(({ body }) => match(body))
    if (event === undefined) throw new Error('an event is missing')
    return { at: Date.parse(event.at), body: event.body }
  }
  const state = (to: string) => when((body) => body.kind === 'state' && body.to === to).at
  const call = when((body) => body.kind === 'model_call')
  const firstCall = call.at - (call.body.kind === 'model_call' ? call.body.milliseconds : 0)
  const agentEnded = when((body) => body.kind === 'agent_ended').at
  return {
    submit: state('queued') - asked,
    'pick up': state('preparing') - state('queued'),
    prepare: state('running') - state('preparing'),
    'start agent': firstCall - state('running'),
    agent: agentEnded - firstCall,
    import: state('checking') - agentEnded,
    check: state('awaiting_review') - state('checking'),
  }
}

async function timed(action: () => Promise<void>): Promise<number> {
  const start = performance.now()
  await action()
  return performance.now() - start
}

function given<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(`${result.failure.code}: ${result.failure.message}`)
  return result.value
}
