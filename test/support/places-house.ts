import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { decodeEntry } from '#audit/entry.ts'
import { generateSigningKey, parseSigningKey } from '#audit/signing-key.ts'
import { createApplication } from '#compose/application.ts'
import { policiesIn } from '#compose/policies.ts'
import { openSignIn } from '#compose/sign-in.ts'
import { RemoteDirectory } from '#forge/remote-directory.ts'
import { ProviderDirectory } from '#gateway/provider-directory.ts'
import { createHttp } from '#http/app.ts'
import { actorOfToken } from '#identity/actor-of-token.ts'
import { createAuthenticate } from '#identity/authenticate.ts'
import { newToken, tokenHash } from '#identity/token.ts'
import { newId } from '#kernel/ids.ts'
import { instantOf } from '#kernel/instant.ts'
import { refused } from '#kernel/result.ts'
import type { Binding } from '#policy/binding.ts'
import type { Role } from '#policy/role.ts'
import { holderOfToken, insertAccessToken } from '#store/access-tokens.ts'
import { entriesFrom } from '#store/audit-log.ts'
import type { Store } from '#store/database.ts'
import { insertOrganisation } from '#store/organisations.ts'
import { insertPerson } from '#store/people.ts'
import { insertProject, type ProjectRow } from '#store/projects.ts'
import { insertRoleBinding, SYSTEM_GIVER } from '#store/role-bindings.ts'
import { insertServiceAccount } from '#store/service-accounts.ts'
import { Interrupts } from '#tasks/interrupts.ts'
import type { Workshop } from '#tasks/workshop.ts'
import { testStore } from './database.ts'

/** Somebody of an organisation, and the token they ask with. */
export interface Asker {
  readonly id: string
  readonly name: string
  readonly organisation: string
  readonly token: string
}

export interface Answer {
  readonly status: number
  /** Of a refusal. */
  readonly code?: string
  readonly rule?: string
  readonly detail?: string
  readonly remedy?: string
  readonly headers: Headers
  // biome-ignore lint/suspicious/noExplicitAny: a test looks into whatever was answered
  readonly body: any
}

/** The whole API over a real database, with a clock of its own and nothing that runs tasks. */
export interface PlacesHouse {
  readonly store: Store
  readonly workshop: Workshop
  readonly http: ReturnType<typeof createHttp>
  /** Projects whose repository copy was removed. */
  readonly forgotten: string[]
  /** Moves the clock on. */
  wait(minutes: number): void
  organisation(name: string): Promise<string>
  person(organisation: string, name: string, role: Role, at?: readonly Binding[]): Promise<Asker>
  serviceAccount(organisation: string, name: string, role: Role, at?: readonly Binding[]): Promise<Asker>
  project(organisation: string, name: string): Promise<ProjectRow>
  ask(
    asker: Asker,
    method: string,
    path: string,
    body?: unknown,
    headers?: Readonly<Record<string, string>>,
  ): Promise<Answer>
  /** Actions of an organisation's log with what they tell, oldest first. */
  log(organisation: string): Promise<{ action: string; subject: string; by: string; data: unknown }[]>
  close(): Promise<void>
}

export async function placesHouse(): Promise<PlacesHouse> {
  const opened = await testStore()
  const { store } = opened
  const directory = await mkdtemp(join(tmpdir(), 'airlock-places-'))
  let now = Date.parse('2026-02-02T12:00:00Z')
  const clock = () => now
  const random = (size: number) => new Uint8Array(randomBytes(size))
  const forgotten: string[] = []
  const signer = parseSigningKey(generateSigningKey(random), 'airlock-test')
  if (!signer.ok) throw new Error(signer.failure.message)
  const parts: Partial<Workshop> = {
    signer: signer.value,
    verifierKey: signer.value.key,
    store,
    clock,
    random,
    stopwatch: () => performance.now(),
    policyOf: policiesIn(store, { clock }),
    interrupts: new Interrupts(),
    providers: new ProviderDirectory(join(directory, 'providers.json'), []),
    remotes: new RemoteDirectory(join(directory, 'remotes.json')),
    forgetRepository: async (project) => void forgotten.push(project),
    repositoryOf: async () => ({ fetch: async () => refused(NOTHING_THERE) }) as never,
    vault: {
      keep: async () => refused(NOTHING_THERE),
      rotateKeys: async () => refused(NOTHING_THERE),
    } as never,
    agents: { names: [], named: () => undefined },
    evidenceDirectory: directory,
    logOrigin: (organisation) => `airlock-test/${organisation}`,
    preserveMaximum: 0,
    onProblem: (message, cause) => {
      throw new Error(message, { cause })
    },
  }
  const workshop = new Proxy(parts, { get: part }) as Workshop
  const signIn = openSignIn(workshop, randomBytes(32).toString('hex'), () => 'http://localhost:7411')
  const application = createApplication(workshop, {
    version: '0.1.0',
    startedAt: instantOf(now),
    signIn,
    examineHost: async () => [],
  })
  const authenticate = createAuthenticate(async (hash) => {
    const organisation = await store.organisationOfToken(hash)
    if (organisation === undefined) return undefined
    const holder = await store.inOrganisation(organisation, (tx) => holderOfToken(tx, hash, instantOf(now)))
    return holder && actorOfToken(organisation, holder)
  })
  const http = createHttp(application, { authenticate, version: '0.1.0' })

  const someone = async (
    organisation: string,
    name: string,
    kind: 'person' | 'service-account',
    role: Role,
    at: readonly Binding[],
  ): Promise<Asker> => {
    const id = newId(kind === 'person' ? 'usr' : 'sva', random)
    const token = newToken(random)
    const made = { id, name, role, createdAt: instantOf(now) }
    await store.inOrganisation(organisation, async (tx) => {
      if (kind === 'person') await insertPerson(tx, { ...made, email: `${name}@example.org` })
      else await insertServiceAccount(tx, { ...made, createdBy: SYSTEM_GIVER })
      const of = kind === 'person' ? { person: id } : { serviceAccount: id }
      await insertAccessToken(tx, { hash: tokenHash(token), ...of, createdAt: instantOf(now) })
      for (const binding of at)
        await insertRoleBinding(tx, {
          ...{ id: newId('bnd', random), subjectKind: kind, subject: id, ...binding },
          ...{ givenBy: SYSTEM_GIVER, givenAt: instantOf(now) },
        })
    })
    return { id, name, organisation, token }
  }

  return {
    store,
    workshop,
    http,
    forgotten,
    wait: (minutes) => {
      now += minutes * 60_000
    },
    async organisation(name) {
      const organisation = newId('org', random)
      await store.inOrganisation(organisation, (tx) =>
        insertOrganisation(tx, { name, createdAt: instantOf(now) }),
      )
      return organisation
    },
    person: (organisation, name, role, at = []) => someone(organisation, name, 'person', role, at),
    serviceAccount: (organisation, name, role, at = []) =>
      someone(organisation, name, 'service-account', role, at),
    async project(organisation, name) {
      const facts = { id: newId('prj', random), name, url: `/srv/git/${name}.git`, protectedBranches: [] }
      const row = await store.inOrganisation(organisation, (tx) =>
        insertProject(tx, { ...facts, createdAt: instantOf(now) }),
      )
      if (row === undefined) throw new Error(`there is a project ${name} already`)
      return row
    },
    async ask({ token }, method, path, body, headers = {}) {
      const json = body === undefined ? {} : { 'content-type': 'application/json' }
      const response = await http.request(path, {
        method,
        headers: { host: 'localhost:7411', authorization: `Bearer ${token}`, ...json, ...headers },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
      const type = response.headers.get('content-type') ?? ''
      const answered = /^application\/(problem\+)?json\b/.test(type)
        ? await response.json()
        : await response.text()
      return {
        ...(response.ok ? {} : refusalIn(answered)),
        status: response.status,
        headers: response.headers,
        body: answered,
      }
    },
    async log(organisation) {
      const entries = await store.inOrganisation(organisation, (tx) => entriesFrom(tx, 0, 10_000))
      return entries.map(({ bytes }) => {
        const entry = decodeEntry(bytes)
        if (!entry.ok) throw new Error(entry.failure.message)
        const { action, subject, actor, data } = entry.value
        return { action, subject, by: actor.id, data }
      })
    },
    async close() {
      await opened.close()
      await rm(directory, { recursive: true, force: true })
    },
  }
}

const NOTHING_THERE = { code: 'repository_unreadable', message: 'There is nothing.' } as const

/** A part that nobody here needs may be handed on, and is a bug where it is used. */
function part(parts: Partial<Workshop>, name: string | symbol): unknown {
  if (name in parts || typeof name === 'symbol' || name === 'telemetry') return parts[name as keyof Workshop]
  const used = () => {
    throw new Error(`nothing here has a ${name}`)
  }
  return new Proxy(used, { get: used })
}

function refusalIn(problem: unknown) {
  const { code, rule, detail, remedy } = problem as Record<'code' | 'rule' | 'detail' | 'remedy', string>
  return { code, rule, detail, remedy }
}
