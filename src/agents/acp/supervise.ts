import { spawn } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Readable, Writable } from 'node:stream'
import { setImmediate as turnOfTheLoop } from 'node:timers/promises'
import {
  client,
  methods,
  ndJsonStream,
  PROTOCOL_VERSION,
  RequestError,
  type Stream,
} from '@agentclientprotocol/sdk'
import { EXIT, type ExitCode } from '../builtin/exit-code.ts'
import type { Bench } from '../builtin/tools/bench.ts'
import { locateForWriting } from '../builtin/tools/workspace-path.ts'
import { finished, said } from '../json-events.ts'
import { benchIn, type Host } from '../workbench.ts'
import type { AcpBrief } from './brief.ts'
import { decidePermission } from './permission.ts'
import { Updates } from './updates.ts'

/** What one message of the agent may be: it shares our memory limit, and would sooner end itself than us. */
const LARGEST_MESSAGE = 32 * 1024 * 1024

/** Starts the agent of a brief, gives it the task and answers what it asks, until it is done. Never rejects. */
export async function supervise(brief: AcpBrief, host: Host): Promise<ExitCode> {
  const tell = (text: string) => said(text).forEach(host.report)
  const [program = '', ...words] = brief.command
  const child = spawn(program, words, { cwd: brief.workspace, stdio: ['pipe', 'pipe', 'inherit'] })
  const stop = () => void child.kill('SIGTERM')
  host.signal.addEventListener('abort', stop, { once: true })
  const gone = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(`The agent could not be started: ${error.message}`))
    child.once('exit', (code, signal) => resolve(`The agent ended early (${signal ?? `exit code ${code}`}).`))
  })
  child.stdin.on('error', () => undefined) // told by its exit
  try {
    const bench = await benchIn(brief.workspace, brief, host)
    const stream = ndJsonStream(
      Writable.toWeb(child.stdin),
      Readable.toWeb(child.stdout) as ReadableStream<Uint8Array>,
      { maxMessageBytes: LARGEST_MESSAGE },
    )
    return await Promise.race([converse(brief, bench, stream), gone.then(tooEarly)])
  } catch (error) {
    if (host.signal.aborted) return EXIT.stopped
    // The connection breaks a moment before the child is known to be gone.
    const ended = await Promise.race([gone, later()])
    tell(ended ?? `The agent could not go on: ${error instanceof Error ? error.message : String(error)}`)
    return EXIT.model
  } finally {
    host.signal.removeEventListener('abort', stop)
    child.kill('SIGKILL')
  }
}

function tooEarly(why: string): never {
  throw new Error(why)
}

const later = () => new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), 500))

async function converse(brief: AcpBrief, bench: Bench, stream: Stream): Promise<ExitCode> {
  const updates = new Updates()
  const app = client({ name: 'airlock' })
    .onRequest(methods.client.session.requestPermission, async ({ params }) => {
      updates.flush().forEach(bench.report)
      const { response, what, refusal } = await decidePermission(bench, params)
      const answer = refusal === undefined ? 'allowed' : 'refused'
      const rule = refusal === undefined ? {} : { rule: refusal.rule }
      bench.report({ kind: 'event', body: { kind: 'permission', what, answer, ...rule } })
      if (refusal === undefined) return response
      updates.refused(params.toolCall.toolCallId)
      bench.report({ kind: 'refusal', refusal })
      return response
    })
    .onRequest(methods.client.fs.writeTextFile, async ({ params }) => {
      await write(bench, params.path, params.content)
      return {}
    })
    .onNotification(methods.client.session.update, ({ params }) => {
      bench.alive()
      updates.take(params.update).forEach(bench.report)
    })
  return app.connectWith(stream, async (agent) => {
    await agent.request(methods.agent.initialize, {
      protocolVersion: PROTOCOL_VERSION,
      clientCapabilities: { fs: { readTextFile: false, writeTextFile: true }, terminal: false },
      clientInfo: { name: 'airlock', version: '1' },
    })
    const { sessionId } = await agent.request(methods.agent.session.new, {
      cwd: brief.workspace,
      mcpServers: [],
    })
    const { stopReason } = await agent.request(methods.agent.session.prompt, {
      sessionId,
      prompt: [{ type: 'text', text: brief.prompt }],
    })
    await allTaken(updates)
    updates.flush().forEach(bench.report)
    if (stopReason === 'end_turn') {
      bench.report(finished(updates.summary))
      return EXIT.finished
    }
    said(`The agent stopped: ${stopReason.replaceAll('_', ' ')}.`).forEach(bench.report)
    return stopReason === 'cancelled' ? EXIT.stopped : EXIT.model
  })
}

/** The last answer overtakes updates that were read before it and are still on their way: waits until none comes any more. */
async function allTaken(updates: Updates): Promise<void> {
  for (let quiet = 0, taken = updates.taken; quiet < QUIET_TURNS; quiet += 1) {
    await turnOfTheLoop()
    if (taken !== updates.taken) quiet = 0
    taken = updates.taken
  }
}

const QUIET_TURNS = 20

/** Writes a file for an agent that leaves writing to its client: within the scope only. */
async function write(bench: Bench, path: string, content: string): Promise<void> {
  const located = await locateForWriting(bench, path)
  if (!located.inside) {
    bench.report({ kind: 'refusal', refusal: located.refusal })
    throw new RequestError(-32_000, `${located.refusal.reason} ${located.refusal.remedy ?? ''}`.trim())
  }
  await mkdir(dirname(located.absolute), { recursive: true })
  await writeFile(located.absolute, content)
}
