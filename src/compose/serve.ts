import { randomBytes } from 'node:crypto'
import { removeServerRecord, writeServerRecord } from '#cli/server-record.ts'
import type { HostFinding } from '#contract/api.ts'
import { configuredIdentity } from '#forge/git/local-repository.ts'
import { createHttp } from '#http/app.ts'
import { listen } from '#http/listen.ts'
import { shareApp } from '#http/share/share-app.ts'
import { actorOfToken } from '#identity/actor-of-token.ts'
import { createAuthenticate } from '#identity/authenticate.ts'
import { invitationAddress } from '#identity/sign-in/invitation-link.ts'
import { failureOf } from '#kernel/failure.ts'
import { instantOf } from '#kernel/instant.ts'
import { ok, type Result, refused } from '#kernel/result.ts'
import { openShare } from '#review/share-link.ts'
import { forbidCoreDumps } from '#sandbox/core-dumps.ts'
import { holderOfToken, noteTokenUse } from '#store/access-tokens.ts'
import { advance } from '#tasks/advance.ts'
import { watchExpiry } from '#tasks/preserve.ts'
import { resume } from '#tasks/resume.ts'
import { watchRetention } from '#tasks/retention.ts'
import type { Workshop } from '#tasks/workshop.ts'
import { createApplication } from './application.ts'
import { type Config, DEFAULT_PORT, isRoot } from './config.ts'
import { ensureOwner } from './first-owner.ts'
import { forgetDisconnected } from './forget-project.ts'
import { checkGuards } from './guards-check/check-guards.ts'
import { openInstallation } from './installation.ts'
import { openSignIn } from './sign-in.ts'
import { openWorkshop, type WorkshopOptions } from './workshop.ts'

export interface ServeOptions {
  readonly version: string
  readonly packageRoot: string
  readonly port?: number
  readonly examineHost: () => Promise<readonly HostFinding[]>
  readonly onProblem: Workshop['onProblem']
  readonly idleSeconds?: number
  readonly testingOnlyStall?: NonNullable<Workshop['testingOnlyStall']>
  readonly testingOnlyInternet?: NonNullable<WorkshopOptions['testingOnlyInternet']>
}

export interface Served {
  readonly url: string
  /** Of the first start: where its owner chooses a password, once. */
  readonly setUpUrl?: string
  stop(): Promise<void>
}

/** How many tasks one server works on at once. */
const CONCURRENCY = 4
/** How long a stop waits for steps that are being taken down. */
const PATIENCE_MILLISECONDS = 10_000

/** Starts everything in order: disk, database and parts, leftovers, workers, and the door last. */
export async function serve(config: Config, options: ServeOptions): Promise<Result<Served>> {
  const undo: (() => Promise<void>)[] = []
  const stop = async () => {
    for (const step of undo.splice(0).reverse()) await step()
  }
  // Modes are said where a file is made; a stricter inherited mask would close to the sandboxes' user what is for them.
  if (isRoot()) process.umask(0o022)
  await closeMemory(options.onProblem)
  const guards = checkGuards(options.onProblem)
  undo.push(guards.stop)
  try {
    const installation = await openInstallation(config.dataDirectory, config.runtimeDirectory, randomBytes)
    const { workshop, close } = await openWorkshop(config, installation, {
      ...options,
      mayJudge: guards.mayJudge,
    })
    undo.push(close)
    const setUp = await ensureOwner(workshop, config.dataDirectory, await ownerOf(config))
    await forgetDisconnected(workshop)
    await resume(workshop)
    await startWorkers(workshop, undo)
    const stopExpiry = watchExpiry(workshop)
    undo.push(async () => stopExpiry())
    const stopRetention = watchRetention(workshop)
    undo.push(async () => stopRetention())

    const startedAt = instantOf(workshop.clock())
    let origin = config.publicUrl ?? ''
    const signIn = openSignIn(workshop, installation.signInSecret, () => origin)
    const application = createApplication(workshop, { ...options, startedAt, signIn })
    const secret = Buffer.from(workshop.random(32)).toString('hex')
    const http = createHttp(application, {
      version: options.version,
      secret,
      authenticate: authenticator(workshop),
      signIn,
      share: shareApp({ open: (link) => openShare(workshop, link), origin: () => origin }),
      ...(config.publicUrl === undefined ? {} : { hosts: [new URL(config.publicUrl).hostname] }),
      onBug: (thrown) => options.onProblem('a request', thrown),
    })
    const door = await openDoor(http, options.port ?? config.port)
    if (!door.ok) {
      await stop()
      return door
    }
    undo.push(door.value.close)
    const { url, port } = door.value
    // By its name: a browser has no passkeys for the number.
    origin ||= `http://localhost:${port}`
    await writeServerRecord(config.dataDirectory, {
      url,
      pid: process.pid,
      version: options.version,
      startedAt,
      secret,
    })
    undo.push(() => removeServerRecord(config.dataDirectory))
    return ok({ url, stop, ...(setUp === undefined ? {} : { setUpUrl: invitationAddress(origin, setUp) }) })
  } catch (thrown) {
    await stop().catch((cause: unknown) => options.onProblem('stopping', cause))
    const failure = failureOf(thrown)
    if (failure.code === 'internal') options.onProblem('starting', thrown)
    return refused(failure)
  }
}

/**
 * What the server knows is not left in a file when it or its database crashes, and a signal opens no debugger: by that, every other
 * user of the machine could read its memory over loopback.
 */
async function closeMemory(onProblem: ServeOptions['onProblem']): Promise<void> {
  process.on('SIGUSR1', () => undefined)
  await forbidCoreDumps(process.pid).catch((cause: unknown) =>
    onProblem('core dumps could not be switched off: a crash may leave secrets in one', cause),
  )
}

/** Whoever named a port gets that one or a refusal; nobody else has to care, since the record says where it is. */
async function openDoor(http: Parameters<typeof listen>[0], port: number | undefined) {
  const door = await listen(http, port ?? DEFAULT_PORT)
  return door.ok || port !== undefined || door.failure.code !== 'port_taken' ? door : listen(http, 0)
}

async function startWorkers(workshop: Workshop, undo: (() => Promise<void>)[]): Promise<void> {
  await workshop.store.queue.startWorker((job) => advance(workshop, job), { concurrency: CONCURRENCY })
  undo.push(async () => {
    workshop.interrupts.close()
    await workshop.store.queue.stopWorker(PATIENCE_MILLISECONDS)
  })
}

function authenticator({ store, clock }: Workshop) {
  return createAuthenticate(async (hash) => {
    const organisation = await store.organisationOfToken(hash)
    if (organisation === undefined) return undefined
    const at = instantOf(clock())
    const holder = await store.inOrganisation(organisation, async (tx) => {
      await noteTokenUse(tx, hash, at)
      return holderOfToken(tx, hash, at)
    })
    return holder && actorOfToken(organisation, holder)
  })
}

/** Whoever starts the first server, as their git names them. */
async function ownerOf(config: Config): Promise<{ name: string; email: string }> {
  const { name, email } = await configuredIdentity(config.home)
  const user = config.userName ?? 'owner'
  return { name: name ?? user, email: email ?? `${user}@localhost` }
}
