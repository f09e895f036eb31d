import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { TaskEvent } from '#contract/event.ts'
import type { Task } from '#contract/task.ts'
import { giveAgents } from '#test/support/agent-packages.ts'
import { AGENT_SCRIPTS } from '#test/support/agent-scripts.ts'
import { given, type Journey, type RunningServer, startJourney } from '#test/support/journey.ts'
import { NOTHING_LEFT } from '#test/support/journey-leftovers.ts'
import type { Run } from '#test/support/journey-model.ts'
import { registryObstacle } from '#test/support/npm-project.ts'

const obstacle = await registryObstacle()

/** Each real agent with a model whose protocol it speaks; opencode and the built-in agent once for each they speak. */
const RUNS = [
  ['claude-code', 'anthropic', 'claude-sonnet-4-5'],
  ['codex', 'openai-responses', 'gpt-5.5'],
  ['gemini', 'gemini', 'gemini-2.5-flash'],
  ['opencode', 'openai-chat', 'some-open-model'],
  ['opencode', 'anthropic', 'open-one'],
  ['opencode', 'openai-responses', 'open-two'],
  ['opencode', 'gemini', 'open-three'],
  ['builtin', 'anthropic', 'claude-opus-4-5'],
  ['builtin', 'openai-responses', 'gpt-5.4'],
  ['builtin', 'openai-chat', 'another-open-model'],
  ['builtin', 'gemini', 'gemini-2.5-pro'],
] as const

/** It takes one to two seconds on a busy machine; five are promised. */
const GENEROUS_MILLISECONDS = 10_000

const PROTOCOLS = ['anthropic', 'openai-responses', 'openai-chat', 'gemini'] as const

describe.skipIf(obstacle !== undefined)(`real agents${obstacle === undefined ? '' : `: ${obstacle}`}`, () => {
  let journey: Journey
  let server: RunningServer
  beforeAll(async () => {
    journey = await startJourney()
    await giveAgents(journey.dataDirectory, 'claude-code', 'codex', 'gemini', 'opencode')
    server = await journey.serve()
    for (const protocol of PROTOCOLS)
      given(
        await server.client.addProvider({ name: protocol, protocol, baseUrl: journey.model.url, key: KEY }),
      )
  }, 240_000)
  afterAll(() => journey?.close())

  const KEY = 'sk-only-the-gateway-knows-this'

  async function submit(agent: string, provider: string, model: string, more: object = {}): Promise<Task> {
    const project = given(await server.client.createProject({ url: journey.remote }))
    const asked = { intent: 'Write a poem', project: project.id, agent, model: `${provider}/${model}` }
    return given(
      await server.client.submit({ ...asked, scope: { include: ['src/**'], exclude: [] }, ...more }),
    )
  }

  /** Everything up to the moment when a person is asked, or the task ends. */
  async function eventsOf(task: Task): Promise<readonly TaskEvent[]> {
    const found: TaskEvent[] = []
    for await (const event of server.client.events(task.id, AbortSignal.timeout(60_000))) {
      found.push(event)
      if (event.body.kind === 'state' && event.body.to === 'awaiting_review') break
    }
    return found
  }

  test.for(RUNS)(
    '%s makes a change over %s, is metered to the token, and its change is published',
    async ([agent, protocol, model]) => {
      const script = AGENT_SCRIPTS[agent]
      if (script === undefined) throw new Error('every agent has a script')
      const run: Run = [
        script.shell(
          `cat src/poem.txt; /opt/airlock/node/bin/node -e "fetch('https://example.com/').catch(() => 0)"; exit 3`,
        ),
        script.write(`src/by-${agent}.txt`, `by ${protocol}\n`),
        script.read('src/poem.txt'),
        script.edit('src/poem.txt', 'twelve', `twelve ${agent} ${protocol}`),
      ]
      journey.model.play(model, run)
      const submitted = await submit(agent, protocol, model)
      const task = await server.reaches(submitted.number, 'awaiting_review')

      const calls = journey.model.requests().filter((request) => request.model === model)
      const sum = (of: (usage: (typeof calls)[number]['usage']) => number) =>
        calls.reduce((total, { usage }) => total + of(usage), 0)
      const [attempt] = task.attempts
      expect(attempt).toMatchObject({
        agentEnding: 'finished',
        agentSummary: 'That is all.',
        spend: {
          requests: run.length + 1,
          inputTokens: sum(({ input }) => input),
          cachedInputTokens: sum(({ cached }) => cached),
          outputTokens: sum(({ output }) => output),
        },
      })
      expect(attempt?.spend.cachedInputTokens).toBeGreaterThan(1_000)
      expect(attempt?.refusals.map(({ rule }) => rule)).toEqual(['network.none'])
      expect(task.patch?.files.map(({ path, kind }) => [path, kind])).toEqual([
        [`src/by-${agent}.txt`, 'added'],
        ['src/poem.txt', 'modified'],
      ])
      const said = (await eventsOf(task)).map(({ body }) => body)
      expect(said).toContainEqual({
        ...{ kind: 'command', command: expect.stringContaining('cat src/poem.txt'), phase: 'run' },
        // Gemini CLI tells no exit code of a command that printed something.
        ...(agent === 'gemini' ? {} : { exitCode: 3 }),
        ...(agent === 'builtin' ? { seconds: expect.any(Number) } : {}),
      })
      expect(said).toContainEqual({ kind: 'file', action: 'edited', path: 'src/poem.txt' })
      for (const { headers } of calls) expect(JSON.stringify(headers)).not.toContain('held-by-the-gateway')

      const published = given(await server.approve(task))
      expect((await server.reaches(published.number, 'published')).publication).toMatchObject({
        pushed: true,
      })
      expect(journey.leftovers()).toEqual(NOTHING_LEFT)
    },
  )

  const PUSH = 'command.git-push'
  const PROTECTED = 'scope.protected'
  const ASKED = ['allowed', PUSH, 'allowed', PROTECTED]

  test.for([
    ['acp:gemini', 'gemini', 'gemini-2.5-flash-lite', ASKED, [PUSH, PROTECTED]],
    ['acp:opencode acp', 'openai-chat', 'third-open-model', ASKED, [PUSH, PROTECTED]],
    // Its own guard stands before the question.
    ['acp:builtin', 'anthropic', 'claude-haiku-4-5', ['allowed', 'allowed', PROTECTED], [PROTECTED]],
  ] as const)(
    '%s is driven through ACP, and what it asks leave for is answered by policy',
    async ([agent, protocol, model, answers, refusals]) => {
      const script = AGENT_SCRIPTS[/^acp:(\w+)/.exec(agent)?.[1] ?? '']
      if (script === undefined) throw new Error('every agent has a script')
      const run: Run = [
        script.shell('node -e 0'),
        script.shell('git push --force origin main'),
        script.write('src/by-acp.txt', 'by acp\n'),
        script.write('check.sh', 'exit 0\n'),
      ]
      journey.model.play(model, run)
      const submitted = await submit(agent, protocol, model)
      const task = await server.reaches(submitted.number, 'awaiting_review')
      expect(task.attempts).toMatchObject([{ agentEnding: 'finished', agentSummary: 'That is all.' }])
      expect(task.attempts[0]?.spend.requests).toBe(run.length + 1)
      expect(task.patch?.files.map(({ path, kind }) => [path, kind])).toEqual([['src/by-acp.txt', 'added']])
      const asked = (await eventsOf(task)).flatMap(({ body }) => (body.kind === 'permission' ? [body] : []))
      expect(asked.map(({ answer, rule = answer }) => rule)).toEqual(answers)
      expect(task.attempts[0]?.refusals.map(({ rule }) => rule)).toEqual(refusals)
      const published = given(await server.approve(task))
      await server.reaches(published.number, 'published')
    },
  )

  test('a budget that is gone ends every one of them at once, by the refusal of the next call and by nothing else', async () => {
    const all = [
      // opencode ends alike over each protocol, and starts slowly.
      ...RUNS.filter(([agent, protocol]) => agent !== 'opencode' || protocol === 'openai-chat'),
      ['acp:gemini', 'gemini', 'gemini-3-flash'],
      ['acp:opencode acp', 'openai-chat', 'm'],
      ['acp:builtin', 'gemini', 'n'],
    ]
    const submitted = await Promise.all(
      all.map(async ([agent = '', protocol = '', model = '']) => {
        const script = AGENT_SCRIPTS[agent.replace(/^acp:(\w+).*/, '$1')]
        const name = `${model}-endless`
        journey.model.play(name, Array(20).fill(script?.shell('true')))
        return submit(agent, protocol, name, { budget: { requests: 2 } })
      }),
    )
    for (const { number } of submitted) {
      const task = await server.reaches(number, 'stopped')
      expect(task.cause).toMatchObject({ code: 'budget_exhausted' })
      expect(task.attempts).toMatchObject([{ agentEnding: 'budget', spend: { requests: 2 } }])
      const events = await eventsOf(task)
      const at = (wanted: (event: TaskEvent) => boolean) => Date.parse(events.find(wanted)?.at ?? '')
      const refused = at(({ body }) => body.kind === 'refusal' && body.refusal.boundary === 'budget')
      const ended = at(({ body }) => body.kind === 'agent_ended')
      // The built-in agent counts its steps, and stops without asking once more.
      if (!task.agent.endsWith('builtin')) expect(ended - refused).toBeLessThan(GENEROUS_MILLISECONDS)
    }
  })
})
