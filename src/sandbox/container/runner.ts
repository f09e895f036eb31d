import { createServer, type Socket } from 'node:net'
import { canonicalJson } from '#kernel/canonical-json.ts'
import { AirlockError, type Failure, failureOf } from '#kernel/failure.ts'
import { ok, type Result, refused } from '#kernel/result.ts'
import { admissionFailure } from './admission.ts'
import { connectEngine, type Engine, EngineError } from './engine.ts'
import { type Frame, MOST_INPUT, readFrames, sendFrame, sendMessage } from './frames.ts'
import { engineUnavailable, type Ground, prepareGround } from './ground.ts'
import { type Answer, type Footing, Question } from './messages.ts'
import type { RunnerOptions } from './runner-options.ts'
import { type ListenOptions, listenOn, refuseSecond } from './runner-socket.ts'
import type { RunningContainer } from './running-container.ts'
import { startContainer } from './start-container.ts'
import { sweepContainers } from './sweep.ts'
import { discardTrials, TRIAL_ID, tryOut } from './trial.ts'

export interface Runner {
  /** Kills what runs, and resolves when nothing is left. */
  close(): Promise<void>
}

/** What one server may have in flight; more are turned away. */
const MOST_CONNECTIONS = 256
const FIRST_WORDS = 10_000
/** What a frame of input takes in memory at least, whatever little it holds. */
const LEAST_INPUT = 4 * 1024
/** For whoever does not take the last words of its sandbox. */
const FAREWELL = 5_000

/**
 * Holds the engine's socket, which is as good as root on the host, and offers no more of it than: prove that you can,
 * start one sandbox of exactly this profile, end it, remove what is left. A sandbox lives as long as its connection.
 */
export async function startRunner(options: RunnerOptions, listen: ListenOptions): Promise<Runner> {
  const engine = connectEngine(options.engine)
  const closing = new AbortController()
  const running = new Set<string>()
  const sweep = sweepOnce(engine, options, running)
  const ground = remembered(engine, options, sweep)
  const desk: Desk = { engine, options, running, ground, closing: closing.signal }
  await refuseSecond(listen.socket)
  await sweep().catch(() => {}) // the engine may come later
  await discardTrials(options.directory)

  const conversations = new Set<Promise<void>>()
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket.once('close', () => sockets.delete(socket)))
    socket.on('error', () => {}) // 'close' follows
    const conversation = converse(socket, desk)
      .catch((error) => answer(socket, { tell: 'refused', failure: refusalOf(error, options) }))
      .catch(() => {})
      .finally(() => {
        socket.destroySoon()
        conversations.delete(conversation)
      })
    conversations.add(conversation)
  })
  server.maxConnections = MOST_CONNECTIONS
  await listenOn(server, listen)
  return {
    async close() {
      server.close()
      closing.abort()
      const farewell = setTimeout(() => {
        for (const socket of sockets) socket.destroy()
      }, FAREWELL)
      await Promise.all(conversations)
      clearTimeout(farewell)
      await engine.close()
    },
  }
}

interface Desk {
  readonly engine: Engine
  readonly options: RunnerOptions
  /** The ids of what runs or is being started. */
  readonly running: Set<string>
  readonly ground: () => Promise<Result<Ground>>
  readonly closing: AbortSignal
}

async function converse(socket: Socket, desk: Desk): Promise<void> {
  const frames = readFrames(socket)
  const question = await firstQuestion(socket, frames, desk)
  if (question.ask === 'kill') throw new AirlockError(badRequest('There is nothing to kill yet.'))
  if (question.ask === 'start') return start(socket, frames, question, desk)
  if (question.ask === 'sweep') {
    const alive = new Set([TRIAL_ID, ...desk.running])
    const removed = await sweepContainers(desk.engine, desk.options.prefix, alive)
    return answer(socket, { tell: 'swept', removed: [...removed] })
  }
  const ground = await desk.ground()
  if (!ground.ok) return answer(socket, { tell: 'refused', failure: ground.failure })
  return answer(socket, { tell: 'probed', footing: ground.value.footing })
}

async function start(
  socket: Socket,
  frames: AsyncGenerator<Frame>,
  { spec, footing: expected }: StartQuestion,
  { options, running, closing, ground: getGround }: Desk,
): Promise<void> {
  const wrong = admissionFailure(spec, options)
  if (wrong !== undefined) return answer(socket, { tell: 'refused', failure: wrong })
  if (running.has(spec.id)) throw new AirlockError(badRequest('A sandbox of this id is running.'))
  running.add(spec.id)
  try {
    const ground = await getGround()
    if (!ground.ok) return await answer(socket, { tell: 'refused', failure: ground.failure })
    const changed = changeOf(ground.value.footing, expected)
    if (changed !== undefined) return await answer(socket, { tell: 'refused', failure: changed })
    const told = Promise.withResolvers<void>()
    const started = await startContainer(ground.value, spec, async (stream, chunk) => {
      await told.promise // nothing is heard of a sandbox before its start
      await sendFrame(socket, stream, chunk)
    })
    if (!started.ok) return await answer(socket, { tell: 'refused', failure: started.failure })
    const container = started.value
    const kill = () => container.kill()
    // Whoever asked is gone: nobody would read the output or end it.
    socket.once('close', kill)
    closing.addEventListener('abort', kill)
    if (socket.destroyed || closing.aborted) kill()
    await answer(socket, { tell: 'started' })
    told.resolve()
    void obey(frames, container)
    const ending = await container.ended
    closing.removeEventListener('abort', kill)
    await answer(socket, { tell: 'ended', ending })
  } finally {
    running.delete(spec.id)
  }
}

type StartQuestion = Extract<Question, { ask: 'start' }>

function changeOf(footing: Footing, expected: Footing | undefined): Failure | undefined {
  if (expected === undefined || canonicalJson(footing) === canonicalJson(expected)) return undefined
  const words = ({ engine, runtime, image }: Footing) => `${engine}, ${runtime}, image ${image.slice(0, 19)}`
  return {
    code: 'sandbox_unavailable',
    rule: 'sandbox.footing',
    message: `The sandbox runner now has ${words(footing)}; the server began with ${words(expected)}.`,
    remedy: 'Restart the server, so that nothing made on the one is taken for the other.',
  }
}

/** Input and the order to kill, as they come. Anything else ends the sandbox, and so does the end of the connection. */
async function obey(frames: AsyncGenerator<Frame>, container: RunningContainer): Promise<void> {
  const { input } = container
  let bytes = 0
  try {
    for await (const frame of frames) {
      bytes += Math.max(frame.bytes.length, LEAST_INPUT)
      // Never waited for: while it is not read, nobody would notice that the connection is gone.
      if (frame.kind === 'input' && bytes <= MOST_INPUT) input.write(frame.bytes)
      else if (frame.kind === 'end_of_input') input.end()
      else if (questionIn(frame).ask === 'kill') container.kill()
      else throw new Error('one sandbox for each connection')
    }
  } catch {}
  container.kill()
}

async function firstQuestion(
  socket: Socket,
  frames: AsyncGenerator<Frame>,
  { closing }: Desk,
): Promise<Question> {
  const leave = () => socket.destroy()
  closing.addEventListener('abort', leave)
  const timer = setTimeout(() => socket.destroy(), FIRST_WORDS)
  try {
    const { value, done } = await frames.next().catch((error) => {
      throw new AirlockError(badRequest(error instanceof Error ? error.message : 'unreadable'))
    })
    if (done) throw new AirlockError(badRequest('Nothing was asked.'))
    return questionIn(value)
  } finally {
    closing.removeEventListener('abort', leave)
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

/** Nothing is started beside what a runner before this one left: that could go on in the same workspace. */
function sweepOnce(
  engine: Engine,
  { prefix }: RunnerOptions,
  running: ReadonlySet<string>,
): () => Promise<void> {
  let swept = false
  return async () => {
    if (!swept) await sweepContainers(engine, prefix, running)
    swept = true
  }
}

/** Only success is remembered: a person may mend the host and try again. */
function remembered(
  engine: Engine,
  options: RunnerOptions,
  sweep: () => Promise<void>,
): () => Promise<Result<Ground>> {
  let ready: Promise<Result<Ground>> | undefined
  return async () => {
    ready ??= sweep()
      .then(() => prepareGround(engine, options))
      .then(async (ground) => (ground.ok ? tryOut(ground.value, options) : ground))
      .catch((error) => refused(refusalOf(error, options)))
    const result = await ready
    if (!result.ok) ready = undefined
    return result.ok ? ok(result.value) : result
  }
}
