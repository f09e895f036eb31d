import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { CliDependencies } from '#cli/dependencies.ts'
import { runCli } from '#cli/program.ts'
import { tokenFile, writeServerRecord, writeToken } from '#cli/server-record.ts'
import type { Prompts } from '#cli/terminal/prompts.ts'
import { PLAIN, type Screen } from '#cli/terminal/screen.ts'
import { type Listening, listen } from '#http/listen.ts'
import { ok } from '#kernel/result.ts'
import type { Role } from '#policy/role.ts'
import { aHouse, type House } from '../http/house.ts'

export const NOW = Date.parse('2026-01-31T12:05:00.000Z')

/** A person at a command line, in front of a real server over the fake application. */
export interface Desk {
  readonly house: House
  readonly server: Listening
  readonly dataDirectory: string
  /** Runs a command line; gives what was printed, what was remarked, and the exit code. */
  type(...words: string[]): Promise<Typed>
  /** The same, at a terminal, with these answers to its questions in order. */
  answer(answers: readonly Answer[], ...words: string[]): Promise<Typed>
  with(changes: Partial<CliDependencies>): void
  interrupt(): void
  close(): Promise<void>
}

export interface Typed {
  readonly out: string
  readonly err: string
  readonly exit: number
}

/** What a person answers; a list for a question with several, undefined for Escape. */
export type Answer = string | boolean | readonly string[] | undefined

export async function aDesk(role: Role = 'owner'): Promise<Desk> {
  const secret = randomBytes(32).toString('hex')
  const house = aHouse({ heartbeatMilliseconds: 1000, secret })
  const listening = await listen(house.http, 0)
  if (!listening.ok) throw new Error(listening.failure.message)
  const server = listening.value
  const dataDirectory = await mkdtemp(join(tmpdir(), 'airlock-cli-'))
  await writeServerRecord(dataDirectory, {
    url: server.url,
    pid: process.pid,
    version: '0.1.0',
    startedAt: '2026-01-31T12:00:00.000Z',
    secret,
  })
  await writeToken(tokenFile(dataDirectory), house.token(role))
  const listeners = new Set<() => void>()
  let changes: Partial<CliDependencies> = {}
  const run = async (words: readonly string[], interactive: boolean, answers: readonly Answer[]) => {
    const paper = aPaper(interactive)
    const dependencies: CliDependencies = {
      version: '0.1.0',
      dataDirectory,
      workingDirectory: '/home/ada/shop',
      mainFile: '/nowhere/main.ts',
      environment: {},
      trustedKeyFile: join(dataDirectory, 'none.pub'),
      screen: paper.screen,
      prompts: scripted(answers),
      page: async (text) => paper.screen.print(text),
      clock: () => NOW,
      random: (size) => randomBytes(size),
      git: {
        rootOf: async () => '/home/ada/shop',
        isDirty: async () => false,
        currentBranch: async () => 'main',
        commitId: async (_repository, revision) => ok(revision),
        evidenceNote: async () => undefined,
        commitFacts: async () => {
          throw new Error('no git here')
        },
      },
      changedFiles: async () => ok([]),
      readInput: async () => '',
      onInterrupt(listener) {
        listeners.add(listener)
        return () => void listeners.delete(listener)
      },
      doctor: async () => [],
      sandbox: noSandbox,
      agents: noAgents,
      images: async () => {
        throw new Error('no images here')
      },
      serve: async () => ok({ url: server.url, stop: async () => undefined }),
      ...changes,
    }
    const exit = await runCli(dependencies, words)
    return { out: paper.out.join('\n'), err: paper.err.join('\n'), exit }
  }
  return {
    house,
    server,
    dataDirectory,
    type: (...words) => run(words, false, []),
    answer: (answers, ...words) => run(words, true, answers),
    with(more) {
      changes = { ...changes, ...more }
    },
    interrupt() {
      for (const listener of listeners) listener()
    },
    async close() {
      await server.close()
      await rm(dataDirectory, { recursive: true })
    },
  }
}

const nothingHere = async () => {
  throw new Error('no sandbox here')
}
const noSandbox: CliDependencies['sandbox'] = { exec: nothingHere, cases: nothingHere, lab: nothingHere }
const noAgents: CliDependencies['agents'] = {
  list: async () => [],
  install: nothingHere,
  remove: async () => 0,
}

function aPaper(interactive: boolean): { screen: Screen; out: string[]; err: string[] } {
  const out: string[] = []
  const err: string[] = []
  const screen: Screen = {
    interactive,
    live: false,
    columns: 100,
    rows: 40,
    paint: PLAIN,
    print: (text) => void out.push(text),
    raw: (bytes, stream) =>
      void (stream === 'stderr' ? err : out).push(Buffer.from(bytes).toString('latin1')),
    remark: (text) => void err.push(text),
    status: () => undefined,
  }
  return { screen, out, err }
}

function scripted(answers: readonly Answer[]): Prompts {
  const left = [...answers]
  const next = (question: string) => {
    if (left.length === 0) throw new Error(`nobody answers: ${question}`)
    return left.shift()
  }
  const text = async (question: string, preset?: string) => {
    const answer = next(question)
    return answer === 'preset' ? preset : typeof answer === 'string' ? answer : undefined
  }
  return {
    async choose(question, choices) {
      const answer = next(question)
      return choices.find((choice) => choice.value === answer)?.value
    },
    async pickMany(question, choices) {
      const answer = next(question)
      if (!Array.isArray(answer)) return undefined
      return choices.map((choice) => choice.value).filter((value) => answer.includes(value))
    },
    async confirm(question) {
      const answer = next(question)
      return typeof answer === 'boolean' ? answer : undefined
    },
    line: text,
    lines: text,
    secret: text,
  }
}
