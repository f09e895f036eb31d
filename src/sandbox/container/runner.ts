import { chmod, chown, lstat, rm } from 'node:fs/promises'
import { createServer, type Server, type Socket } from 'node:net'
import { AirlockError, type Failure, failureOf } from '#kernel/failure.ts'
import { ok, type Result, refused } from '#kernel/result.ts'
import type { HostUser } from '../host-user.ts'
import { admissionFailure } from './admission.ts'
import { connectEngine, type Engine, EngineError } from './engine.ts'
import { type Frame, readFrames, sendFrame, sendMessage } from './frames.ts'
import { engineUnavailable, type Ground, prepareGround } from './ground.ts'
import { type Answer, Question, type RunnerSpec } from './messages.ts'
import type { RunnerOptions } from './runner-options.ts'
import type { RunningContainer } from './running-container.ts'
import { startContainer } from './start-container.ts'
import { sweepContainers } from './sweep.ts'
import { tryOut } from './trial.ts'

export interface Runner {
  /** Kills what runs, and resolves when nothing is left. */
  close(): Promise<void>
}

export interface ListenOptions {
  readonly socket: string
  /** Who may connect, besides root. */
  readonly owner?: HostUser
}

/** What one server may have in flight; more wait at the door. */
const MOST_CONNECTIONS = 256
const FIRST_WORDS = 10_000

/**
 * Holds the engine's socket, which is as good as root on the host, and offers no more of it than: prove that you can,
 * start one sandbox of exactly this profile, end it, remove what is left. A sandbox lives as long as its connection.
 */
export async function startRunner(options: RunnerOptions, listen: ListenOptions): Promise<Runner> {
  const engine = connectEngine(options.engine)
  const running = new Map<string, RunningContainer>()
  const ground = remembered(engine, options)
  await sweepContainers(engine, options.prefix, new Set()).catch(() => []) // the engine may come later

  const server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => {})
    void converse(socket, { engine, options, running, ground })
      .catch((error) => answer(socket, { tell: 'refused', failure: refusalOf(error, options) }))
      .catch(() => {})
      .finally(() => socket.end())
  })
  server.maxConnections = MOST_CONNECTIONS
  await open(server, listen)
  return {
    async close() {
      server.close()
      for (const container of running.values()) container.kill()
      await Promise.all([...running.values()].map(({ ended }) => ended))
      await engine.close()
    },
  }
}

interface Desk {
  readonly engine: Engine
  readonly options: RunnerOptions
  readonly running: Map<string, RunningContainer>
  readonly ground: () => Promise<Result<Ground>>
}

async function converse(socket: Socket, desk: Desk): Promise<void> {
  const frames = readFrames(socket)
  const question = await firstQuestion(socket, frames)
  if (question.ask === 'kill') throw new AirlockError(badRequest('There is nothing to kill yet.'))
  if (question.ask === 'start') return start(socket, frames, question.spec, desk)
  if (question.ask === 'sweep') {
    const removed = await sweepContainers(desk.engine, desk.options.prefix, new Set(desk.running.keys()))
    return answer(socket, { tell: 'swept', removed: [...removed] })
  }
  const ground = await desk.ground()
  if (!ground.ok) return answer(socket, { tell: 'refused', failure: ground.failure })
  return answer(socket, { tell: 'probed', footing: ground.value.footing })
}

async function start(
  socket: Socket,
  frames: AsyncGenerator<Frame>,
  spec: RunnerSpec,
  desk: Desk,
): Promise<void> {
  const wrong = admissionFailure(spec, desk.options)
  if (wrong !== undefined) return answer(socket, { tell: 'refused', failure: wrong })
  const ground = await desk.ground()
  if (!ground.ok) return answer(socket, { tell: 'refused', failure: ground.failure })
  if (desk.running.has(spec.id)) throw new AirlockError(badRequest('A sandbox of this id is running.'))
  const started = await startContainer(ground.value, spec, (stream, chunk) =>
    sendFrame(socket, stream, chunk),
  )
  if (!started.ok) return answer(socket, { tell: 'refused', failure: started.failure })
  const container = started.value
  desk.running.set(spec.id, container)
  // Whoever asked is gone: nobody would read the output or end it.
  socket.once('close', () => container.kill())
  await answer(socket, { tell: 'started' })
  void obey(frames, container)
  const ending = await container.ended
  desk.running.delete(spec.id)
  await answer(socket, { tell: 'ended', ending })
}

/** Input and the order to kill, as they come; anything else ends the sandbox. */
async function obey(frames: AsyncGenerator<Frame>, container: RunningContainer): Promise<void> {
  const { input } = container
  try {
    for await (const frame of frames) {
      if (frame.kind === 'input') await sendInput(input, frame.bytes)
      else if (frame.kind === 'end_of_input') input.end()
      else if (questionIn(frame).ask === 'kill') container.kill()
      else throw new Error('one sandbox for each connection')
    }
  } catch {
    container.kill()
  }
}

async function sendInput(input: RunningContainer['input'], bytes: Buffer): Promise<void> {
  if (input.destroyed || input.writableEnded || input.write(bytes)) return
  await new Promise<void>((resolve) => {
    input.once('drain', resolve).once('close', resolve)
  })
}

async function firstQuestion(socket: Socket, frames: AsyncGenerator<Frame>): Promise<Question> {
  const timer = setTimeout(() => socket.destroy(), FIRST_WORDS)
  try {
    const { value, done } = await frames.next().catch((error) => {
      throw new AirlockError(badRequest(error instanceof Error ? error.message : 'unreadable'))
    })
    if (done) throw new AirlockError(badRequest('Nothing was asked.'))
    return questionIn(value)
  } finally {
    clearTimeout(timer)
  }
}

function questionIn({ kind, bytes }: Frame): Question {
  if (kind !== 'message') throw new AirlockError(badRequest('A question comes first.'))
  let json: unknown
  try {
    json = JSON.parse(bytes.toString('utf8'))
  } catch {
    throw new AirlockError(badRequest('The question is no JSON.'))
  }
  const parsed = Question.safeParse(json)
  if (parsed.success) return parsed.data
  const problems = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
  throw new AirlockError(
    badRequest(`The question asks for what there is not. ${problems.join('; ')}`.slice(0, 2_000)),
  )
}

function badRequest(message: string): Failure {
  return { code: 'invalid_input', rule: 'sandbox.runner', message }
}

function refusalOf(error: unknown, { engine }: RunnerOptions): Failure {
  return error instanceof EngineError ? engineUnavailable(error, engine) : failureOf(error)
}

async function answer(socket: Socket, message: Answer): Promise<void> {
  await sendMessage(socket, message)
}

/** Only success is remembered: a person may mend the host and try again. */
function remembered(engine: Engine, options: RunnerOptions): () => Promise<Result<Ground>> {
  let ready: Promise<Result<Ground>> | undefined
  return async () => {
    ready ??= prepareGround(engine, options)
      .then(async (ground) => (ground.ok ? tryOut(ground.value, options) : ground))
      .catch((error) => refused(refusalOf(error, options)))
    const result = await ready
    if (!result.ok) ready = undefined
    return result.ok ? ok(result.value) : result
  }
}

/** Nobody can connect before the mode is set: the socket is born without permissions for others. */
async function open(server: Server, { socket, owner }: ListenOptions): Promise<void> {
  if ((await lstat(socket).catch(() => undefined))?.isSocket()) await rm(socket)
  const mask = process.umask(0o177)
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(socket, resolve)
    })
  } finally {
    process.umask(mask)
  }
  await chmod(socket, 0o600)
  if (owner !== undefined) await chown(socket, owner.uid, owner.gid)
}
