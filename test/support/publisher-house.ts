import { randomBytes } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { generateSigningKey, parseSigningKey } from '#audit/signing-key.ts'
import type { Person, TaskState } from '#contract/task.ts'
import { openTrustedRepository } from '#forge/git/trusted-repository.ts'
import { RemoteDirectory } from '#forge/remote-directory.ts'
import type { TrustedRepository } from '#forge/repository.ts'
import { digestOf } from '#kernel/bytes.ts'
import { AirlockError } from '#kernel/failure.ts'
import { newId } from '#kernel/ids.ts'
import type { Clock } from '#kernel/instant.ts'
import { type Actor, memberOf } from '#policy/actor.ts'
import type { Rule } from '#policy/cedar/rule.ts'
import { type Grant, grantDigest } from '#policy/grant.ts'
import { createPolicy } from '#policy/policy.ts'
import type { Role } from '#policy/role.ts'
import { json } from '#store/column.ts'
import type { Store } from '#store/database.ts'
import { saveGateReport } from '#store/gate-reports.ts'
import { insertOrganisation } from '#store/organisations.ts'
import { insertPatch, patchById } from '#store/patches.ts'
import { insertPerson } from '#store/people.ts'
import { insertProject } from '#store/projects.ts'
import type { TaskRow } from '#store/schema.ts'
import { insertTask, taskById } from '#store/tasks.ts'
import { advance } from '#tasks/advance.ts'
import { Interrupts } from '#tasks/interrupts.ts'
import { type Move, move, SYSTEM } from '#tasks/move.ts'
import { begin } from '#tasks/steps/begin.ts'
import type { Workshop } from '#tasks/workshop.ts'
import { MORNING } from './database.ts'
import { queuedTask } from './tasks.ts'

/** One organisation with people, a project and its publisher; the agent's part of a task's life is played. */
export interface PublisherHouse {
  readonly workshop: Workshop
  readonly repository: TrustedRepository
  readonly actors: Readonly<Record<'ada' | 'mia' | 'vera', Actor>>
  /** Somebody more. */
  join(name: string, role: Role): Promise<Actor>
  /** Asked for by Ada. */
  submit(intent: string, baseCommit: string): Promise<string>
  task(id: string): Promise<TaskRow>
  /** An agent whose work is this file, or gates that look at a selection: whatever the task waits for, up to review. */
  work(id: string, file: { readonly path: string; readonly text: string }): Promise<void>
  /** The real pipeline, from approval on; `crash` is a server that dies right after the push. */
  publish(id: string, crash: boolean): Promise<void>
}

export async function publisherHouse(
  store: Store,
  place: {
    readonly directory: string
    readonly remote: string
    readonly makeTree: MakeTree
    readonly rules?: () => readonly Rule[]
    readonly clock?: Clock
  },
): Promise<PublisherHouse> {
  const { directory, remote, makeTree, rules = () => [], clock = () => Date.now() } = place
  const organisation = newId('org', randomBytes)
  const project = newId('prj', randomBytes)
  const actor = (name: string, role: Role): Actor => {
    const person: Person = { id: newId('usr', randomBytes), name, email: `${name}@example.test` }
    return memberOf(organisation, person, role)
  }
  const actors = {
    ada: actor('ada', 'owner'),
    mia: actor('mia', 'maintainer'),
    vera: actor('vera', 'viewer'),
  }
  const row = await store.inOrganisation(organisation, async (tx) => {
    await insertOrganisation(tx, { name: 'Example', createdAt: MORNING })
    for (const { person, role } of Object.values(actors))
      await insertPerson(tx, { ...person, role, createdAt: MORNING })
    const facts = { id: project, name: 'shop', url: remote, defaultBranch: 'main' }
    return insertProject(tx, { ...facts, protectedBranches: [], createdAt: MORNING })
  })
  if (row === undefined) throw new Error('a new organisation has no projects yet')
  const repository = await openTrustedRepository(join(directory, `${project}.git`))
  await repository.fetch({ url: remote })
  let dies = false
  const surroundings = { clock, policyOf: async () => createPolicy(rules(), { clock, timeZone: 'UTC' }) }
  const workshop = workshopFor(store, repository, directory, surroundings, () => {
    if (!dies) return
    dies = false
    throw new AirlockError({ code: 'database_unavailable', message: 'The server died.' })
  })
  const task = async (id: string) => {
    const found = await store.inOrganisation(organisation, (tx) => taskById(tx, id))
    if (found === undefined) throw new Error('a task that was submitted is there')
    return found
  }
  const go = async (id: string, next: Omit<Move, 'by'>) => {
    const moved = await move(workshop, await task(id), { by: SYSTEM, ...next })
    if (!moved.ok) throw new Error(moved.failure.message)
  }
  return {
    workshop,
    repository,
    actors,
    task,
    async join(name, role) {
      const joined = actor(name, role)
      await store.inOrganisation(organisation, (tx) =>
        insertPerson(tx, { ...joined.person, role, createdAt: MORNING }),
      )
      return joined
    },
    async submit(intent, baseCommit) {
      const home = { organisation, person: actors.ada.person, project: row }
      const queued = queuedTask(home, { intent, baseCommit })
      await store.inOrganisation(organisation, (tx) => insertTask(tx, queued))
      return queued.id
    },
    async work(id, file) {
      const now = await task(id)
      if (now.state === 'queued') {
        const context = { workshop, task: now, signal: new AbortController().signal, tell: () => undefined }
        await go(id, await begin(context))
        const grant = grantFor(now)
        await go(id, {
          command: { name: 'run', grant: grantDigest(grant) },
          columns: { grantDocument: json(grant) },
        })
        await go(id, await imported(workshop, repository, now, makeTree(now.baseCommit, file)))
      }
      if ((await task(id)).state === 'checking') await go(id, await examined(workshop, await task(id)))
    },
    async publish(id, crash) {
      const ready: readonly TaskState[] = ['approved', 'publishing']
      if (!ready.includes((await task(id)).state)) return
      dies = crash
      await advance(workshop, { organisation, task: id }).catch(() => undefined)
      dies = false
    },
  }
}

/** Writes the base's tree with one file changed into the remote; the trusted repository fetches it from there. */
export type MakeTree = (base: string, file: { readonly path: string; readonly text: string }) => string

async function imported(
  workshop: Workshop,
  repository: TrustedRepository,
  task: TaskRow,
  tree: string,
): Promise<Omit<Move, 'by'>> {
  const built = await repository.patch(task.baseCommit, tree)
  if (!built.ok) throw new Error(built.failure.message)
  const { bytes, files } = built.value
  const [id, digest] = [newId('pat', workshop.random), digestOf(bytes)]
  const patch = {
    id,
    task: task.id,
    attempt: task.attempt,
    base: task.baseCommit,
    tree,
    digest,
    bytes,
    files,
  }
  return {
    command: { name: 'check', patch: digest, ending: 'finished' },
    columns: { patch: id },
    also: (tx) => insertPatch(tx, { ...patch, undone: [], origin: 'agent', createdAt: MORNING }),
  }
}

async function examined({ store }: Workshop, task: TaskRow): Promise<Omit<Move, 'by'>> {
  const patch = await store.inOrganisation(task.organisation, (tx) => patchById(tx, task.patch ?? ''))
  if (patch === undefined) throw new Error('a task that is being checked has a patch')
  const report = { patch: patch.digest, gates: [], tampering: [], verdict: 'no_gates' as const, iteration: 0 }
  return {
    command: { name: 'await_review', gates: digestOf(Buffer.from('report')), verdict: 'no_gates' },
    also: (tx) => saveGateReport(tx, task.id, report, MORNING),
  }
}

function grantFor(task: TaskRow): Grant {
  const { id, attempt, requester, agent, model, scope, budget } = task
  return {
    ...{ version: 1, task: id, attempt, onBehalfOf: requester, agent, model, scope, budget },
    protectedPaths: [],
    egress: { prepare: [], run: [] },
  }
}

function workshopFor(
  store: Store,
  repository: TrustedRepository,
  directory: string,
  surroundings: Pick<Workshop, 'clock' | 'policyOf'>,
  afterPush: () => void,
): Workshop {
  const signer = parseSigningKey(
    generateSigningKey((size) => randomBytes(size)),
    'airlock-test',
  )
  if (!signer.ok) throw new Error(signer.failure.message)
  const evidenceDirectory = join(directory, 'evidence')
  mkdirSync(evidenceDirectory, { recursive: true })
  return {
    store,
    ...surroundings,
    stopwatch: () => performance.now(),
    random: (size) => randomBytes(size),
    interrupts: new Interrupts(),
    repositoryOf: async () => repository,
    forgetRepository: async () => undefined,
    remotes: new RemoteDirectory(join(directory, 'remotes.json')),
    secretsOf: async () => [],
    signer: signer.value,
    verifierKey: signer.value.key,
    logOrigin: (organisation) => `airlock-test/${organisation}`,
    evidenceDirectory,
    testingOnlyStall: async (where) => {
      if (where === 'pushed') afterPush()
    },
    onProblem: (message, cause) => {
      throw new Error(message, { cause })
    },
    ...NO_AGENTS_HERE,
  }
}

const never = (): never => {
  throw new Error('no agent runs here')
}
const ABSENT = new Proxy({}, { get: never }) as never

const NO_AGENTS_HERE = {
  driver: ABSENT,
  limits: ABSENT,
  workspaces: ABSENT,
  preserved: ABSENT,
  vault: ABSENT,
  preserveMaximum: 0,
  scratchDirectory: '/nonexistent',
  runtime: ABSENT,
  images: ABSENT,
  gateway: ABSENT,
  lanePath: never,
  providers: ABSENT,
  agents: { names: [], named: () => undefined },
  agentPackages: ABSENT,
  idleSeconds: 1,
  toolchain: 'none',
  mayJudge: never,
}
