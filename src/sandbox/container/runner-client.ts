import { connect, type Socket } from 'node:net'
import type { Failure } from '#kernel/failure.ts'
import type { Stopwatch } from '#kernel/instant.ts'
import { ok, type Result, refused } from '#kernel/result.ts'
import type { Sandbox, SandboxEnding, SandboxSpec } from '../driver.ts'
import { type Frame, MOST_INPUT, readFrames, sendFrame, sendMessage } from './frames.ts'
import { Answer, type Footing, type Question } from './messages.ts'

/** Asks a runner one thing. A refusal of the runner, and its absence, come back as failures. */
export async function askRunner(path: string, question: Question): Promise<Result<Answer>> {
  const opened = await open(path)
  if (!opened.ok) return opened
  try {
    await sendMessage(opened.value, question)
    return await nextAnswer(readFrames(opened.value))
  } finally {
    opened.value.destroy()
  }
}

interface Expected {
  readonly stopwatch: Stopwatch
  readonly footing?: Footing
}

/** Has a runner start a sandbox, and stays connected to it: if this process dies, the runner kills it. */
export async function startInRunner(
  path: string,
  { stopwatch, footing }: Expected,
  spec: SandboxSpec,
): Promise<Result<Sandbox>> {
  const { onOutput: _, input, ...plain } = spec
  if ((input?.length ?? 0) > MOST_INPUT) return refused(tooMuchInput())
  const opened = await open(path)
  if (!opened.ok) return opened
  const socket = opened.value
  const startedAt = stopwatch()
  await sendMessage(socket, { ask: 'start', spec: plain, ...(footing === undefined ? {} : { footing }) })
  const frames = readFrames(socket)
  const first = await nextAnswer(frames)
  if (!first.ok) {
    socket.destroy()
    return first
  }
  void feed(socket, input)
  const ended = listen(frames, spec)
    .catch((error) => lost(error, Math.round(stopwatch() - startedAt) / 1000))
    .finally(() => socket.destroy())
  return ok({
    id: spec.id,
    ended: () => ended,
    kill: () => {
      void sendMessage(socket, { ask: 'kill' })
      return ended
    },
  })
}

async function open(path: string): Promise<Result<Socket>> {
  return new Promise((resolve) => {
    const socket = connect({ path })
    socket.once('connect', () => resolve(ok(socket)))
    socket.once('error', (error) => resolve(refused(noRunner(path, error))))
    socket.on('error', () => {}) // the reader of the socket learns of it
  })
}

async function nextAnswer(frames: AsyncGenerator<Frame>): Promise<Result<Answer>> {
  try {
    const { value, done } = await frames.next()
    if (done || value.kind !== 'message') return refused(silent('it closed the connection'))
    const answer = answerIn(value)
    return answer.tell === 'refused' ? refused(answer.failure) : ok(answer)
  } catch (error) {
    return refused(silent(error instanceof Error ? error.message : String(error)))
  }
}

async function listen(frames: AsyncGenerator<Frame>, { onOutput }: SandboxSpec): Promise<SandboxEnding> {
  for await (const frame of frames) {
    if (frame.kind === 'stdout' || frame.kind === 'stderr')
      onOutput?.(frame.kind, new Uint8Array(frame.bytes))
    else {
      const answer = answerIn(frame)
      if (answer.tell === 'ended') return answer.ending
      throw new Error(answer.tell === 'refused' ? answer.failure.message : 'the runner spoke out of turn')
    }
  }
  throw new Error('the runner went away')
}

async function feed(socket: Socket, input: Uint8Array | undefined): Promise<void> {
  if (input !== undefined && input.length > 0) await sendFrame(socket, 'input', input)
  await sendFrame(socket, 'end_of_input', new Uint8Array())
}

function answerIn({ kind, bytes }: Frame): Answer {
  if (kind !== 'message') throw new Error('the runner sent no answer')
  return Answer.parse(JSON.parse(bytes.toString('utf8')))
}

/** A runner that comes back first removes every container of the one before it. */
function lost(error: unknown, seconds: number): SandboxEnding {
  return {
    cause: 'killed',
    exitCode: 137,
    seconds,
    outputBytes: 0,
    outputCut: false,
    enforcement: 'cgroup',
    detail: `the sandbox runner was lost: ${error instanceof Error ? error.message : String(error)}`,
  }
}

function noRunner(path: string, error: Error): Failure {
  return {
    code: 'sandbox_unavailable',
    rule: 'sandbox.runner-absent',
    message: `The sandbox runner does not answer at ${path}: ${error.message}`,
    remedy: 'Start it with the command that `airlock doctor` names; see docs/sandbox-drivers.md.',
  }
}

function tooMuchInput(): Failure {
  return {
    code: 'invalid_input',
    rule: 'sandbox.input',
    message: `A command in a container takes at most ${MOST_INPUT} bytes of input.`,
    remedy: 'Put it into a file that is mounted.',
  }
}

function silent(reason: string): Failure {
  return {
    code: 'sandbox_unavailable',
    rule: 'sandbox.host',
    message: `The sandbox runner did not answer: ${reason}.`,
    remedy: 'See what it wrote to its log, and start it again.',
  }
}
