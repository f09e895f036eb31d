import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { folderOf, PackageShelf } from '#agents/package-shelf.ts'
import type { EventBody } from '#contract/event.ts'
import { digestOf } from '#kernel/bytes.ts'
import {
  FILES,
  given,
  type Journey,
  type RunningServer,
  refusal,
  startJourney,
} from '#test/support/journey.ts'
import { NOTHING_LEFT } from '#test/support/journey-leftovers.ts'

/**
 * Stands where Codex would: it never asks a model, and does what the model's name says. All a hostile agent can do to the
 * pipeline is what it prints and how it ends.
 */
const FAKE_CODEX = `#!/opt/airlock/node/bin/node
import { writeFileSync, writeSync } from 'node:fs'
const say = (text) => { for (let at = 0; at < text.length; ) at += writeSync(1, text.slice(at, at + 60_000)) }
const event = (item) => JSON.stringify({ type: 'item.completed', item }) + '\\n'
const work = () => writeFileSync('/workspace/src/made.txt', 'made\\n')
const acts = {
  garbage() {
    work()
    say('{"type":"item.completed","item":\\n' + '{"type":\\u0000}\\n'.repeat(100) + '[['.repeat(5_000) + '\\n')
    say('{"type":"turn.completed","x":"' + 'y'.repeat(3_000_000) + '"}\\n')
    writeSync(1, Buffer.from([0xff, 0xfe, 0x0a, 0xc3, 0x28, 0x0a]))
    say(event({ type: 'agent_message', text: 'still \\u001b[2J here' }))
    say(JSON.stringify({ kind: 'finished', summary: 'not how Codex says it' }) + '\\n')
    say(JSON.stringify({ type: 'item.completed', item: { type: 'command_execution', command: 7 } }) + '\\n')
  },
  flood() {
    work()
    say(event({ type: 'command_execution', command: 'true', exit_code: 0, status: 'completed' }).repeat(30_000))
  },
  nothing() {},
  crash() {
    work()
    say(event({ type: 'agent_message', text: 'I fall over.' }))
    process.kill(process.pid, 'SIGSEGV')
  },
}
const model = /model="([a-z]+)"/.exec(process.argv.join(' '))[1]
acts[model]()
`

let journey: Journey
let server: RunningServer
beforeAll(async () => {
  const files = { ...FILES, 'airlock.yaml': `${FILES['airlock.yaml']}agents:\n  codex: 0.0.1-fake\n` }
  journey = await startJourney(files)
  await giveFake(journey.dataDirectory)
  server = await journey.serve()
  given(
    await server.client.addProvider({
      ...{ name: 'responses', protocol: 'openai-responses', key: 'k' },
      baseUrl: journey.model.url,
    }),
  )
})
afterAll(() => journey.close())

async function giveFake(dataDirectory: string): Promise<void> {
  const directory = join(dataDirectory, 'agents')
  const entry = { name: 'codex', version: '0.0.1-fake', digest: digestOf(FAKE_CODEX), installedAt: 'now' }
  const place = join(directory, folderOf(entry))
  await mkdir(directory, { mode: 0o711, recursive: true })
  await mkdir(place)
  await writeFile(join(place, 'program'), FAKE_CODEX, { mode: 0o755 })
  await new PackageShelf(directory).add(entry, { pin: false })
}

async function act(model: string) {
  const project = given(await server.client.createProject({ url: journey.remote }))
  const asked = { intent: 'Write', project: project.id, agent: 'codex', model: `responses/${model}` }
  return given(await server.client.submit(asked))
}

async function said(task: { readonly id: string }): Promise<EventBody[]> {
  const bodies: EventBody[] = []
  for await (const { body } of server.client.events(task.id, AbortSignal.timeout(60_000))) {
    bodies.push(body)
    if (body.kind === 'state' && body.to === 'awaiting_review') break
  }
  return bodies
}

test('an agent that prints garbage is not believed, and its work is looked at all the same', async () => {
  const task = await server.reaches((await act('garbage')).number, 'awaiting_review')
  expect(task.attempts).toMatchObject([{ agentEnding: 'finished', refusals: [] }])
  expect(task.attempts[0]?.agentSummary).toBeUndefined()
  expect(task.patch?.files.map(({ path }) => path)).toEqual(['src/made.txt'])
  const claims = (await said(task)).filter(({ kind }) => kind === 'message' || kind === 'command')
  expect(claims).toEqual([{ kind: 'message', text: 'still [2J here' }])
})

test('an agent that floods the log is cut off there, and nowhere else', async () => {
  const task = await server.reaches((await act('flood')).number, 'awaiting_review')
  const bodies = await said(task)
  expect(bodies.filter(({ kind }) => kind === 'command').length).toBeLessThan(20_000)
  expect(bodies).toContainEqual({ kind: 'step', step: 'events', note: 'Cut: more than 20000 events.' })
  expect(bodies.at(-1)).toMatchObject({ kind: 'state', to: 'awaiting_review' })
})

test('an agent that ends well and did nothing has failed its task', async () => {
  const task = await server.reaches((await act('nothing')).number, 'failed')
  expect(task.cause).toMatchObject({ code: 'nothing_changed' })
})

test('an agent that crashes is said to have crashed; what it made is looked at, and nothing of it runs on', async () => {
  const task = await server.reaches((await act('crash')).number, 'awaiting_review')
  expect(task.attempts).toMatchObject([{ agentEnding: 'crashed' }])
  expect(task.patch?.files.map(({ path }) => path)).toEqual(['src/made.txt'])
  expect(await said(task)).toContainEqual({ kind: 'message', text: 'I fall over.' })
  expect(journey.leftovers()).toEqual(NOTHING_LEFT)
})

test('who asks for an agent that cannot run here is told what would', async () => {
  const project = given(await server.client.createProject({ url: journey.remote }))
  const submit = async (agent: string, model?: string) =>
    refusal(
      await server.client.submit({
        ...{ intent: 'Write', project: project.id, agent },
        ...(model === undefined ? {} : { model }),
      }),
    )
  expect(await submit('claude-code', 'scripted/x')).toMatchObject({
    code: 'agent_not_installed',
    message: 'claude-code is not installed here.',
    remedy: 'On the machine of the server, run: airlock agents install claude-code',
  })
  expect(await submit('codex', 'scripted/x')).toMatchObject({
    code: 'protocol_not_spoken',
    message: 'codex speaks openai-responses; the provider scripted speaks anthropic.',
    remedy: 'Take a model of responses: --model responses/<model>',
  })
  expect(await submit('gemini')).toMatchObject({
    code: 'protocol_not_spoken',
    remedy: 'Add a provider that speaks gemini with `airlock provider add`, or take another agent.',
  })
  expect(await submit('devin')).toMatchObject({
    code: 'unknown_agent',
    remedy: 'Use one of: builtin, claude-code, codex, gemini, opencode, acp:<command>.',
  })
  expect(await submit('acp:')).toMatchObject({ code: 'unknown_agent' })
  expect(await submit('acp:x\u001b[2J')).toMatchObject({ code: 'unknown_agent' })
})

test('the command line names the agent, and passes on what is missing', async () => {
  const run = (agent: string, model: string) =>
    journey.airlock('run', 'Write', '--agent', agent, '--model', model)
  expect(await run('claude-code', 'scripted/x')).toMatchObject({
    exit: 10,
    err: expect.stringContaining('airlock agents install claude-code'),
  })
  expect(await run('codex', 'responses/nothing')).toMatchObject({ exit: 7 })
})
