import { randomBytes } from 'node:crypto'
import { openSignIn } from '#compose/sign-in.ts'
import { createHttp } from '#http/app.ts'
import { invitationAddress, newInvitationLink } from '#identity/sign-in/invitation-link.ts'
import type { SignIn } from '#identity/sign-in/sign-in.ts'
import { newId } from '#kernel/ids.ts'
import { instantOf } from '#kernel/instant.ts'
import type { Role } from '#policy/role.ts'
import { entriesFrom } from '#store/audit-log.ts'
import { insertInvitation } from '#store/invitations.ts'
import { FakeApplication } from '#test/http/fake-application.ts'
import { aBrowser, type TestBrowser } from './browser.ts'
import { type TestOrganisation, type TestStore, testOrganisation, testStore } from './database.ts'

export const PASSWORD = 'four words in a row'

/** The pages of sign-in over a real database, with one organisation and a clock of its own. */
export interface SignInHouse extends TestStore {
  readonly home: TestOrganisation
  readonly signIn: SignIn
  readonly origin: string
  readonly http: ReturnType<typeof createHttp>
  browser(): TestBrowser
  /** The path of a link that invites somebody new. */
  invite(email: string, role?: Role, life?: number): Promise<string>
  /** A browser whose owner accepted an invitation, signed in. */
  member(email: string): Promise<TestBrowser>
  /** Stops our clock at a moment, or lets it go on; the engine's own goes on by itself. */
  stopClock(at: number | undefined): void
  /** Another organisation of the same server. */
  anotherOrganisation(): Promise<string>
  /** Actions in the audit log, oldest first. */
  log(): Promise<string[]>
}

export async function aSignInHouse(origin = 'http://localhost:7411'): Promise<SignInHouse> {
  const opened = await testStore()
  const { store } = opened
  const home = await testOrganisation(store)
  const random = (size: number) => new Uint8Array(randomBytes(size))
  let stands: number | undefined
  const clock = () => stands ?? Date.now()
  const secret = randomBytes(32).toString('hex')
  const desk = openSignIn({ store, clock, random }, secret, () => origin)
  const signIn = await desk.load()
  const http = createHttp(new FakeApplication(), {
    authenticate: async () => ({ ok: false, failure: { code: 'unauthenticated', message: 'no' } }),
    version: '0.1.0',
    hosts: [new URL(origin).hostname],
    signIn: desk,
    onBug: (thrown) => console.error(thrown),
  })
  const browser = () => aBrowser(http, origin)
  const invite = async (email: string, role: Role = 'developer', life = 60_000) => {
    const link = newInvitationLink(home.organisation, random)
    await store.inOrganisation(home.organisation, (tx) =>
      insertInvitation(tx, {
        id: newId('inv', random),
        hash: link.hash,
        name: 'Grace',
        email,
        role,
        invitedBy: home.person,
        createdAt: instantOf(clock()),
        expiresAt: instantOf(clock() + life),
      }),
    )
    return new URL(invitationAddress(origin, link)).pathname
  }
  return {
    ...opened,
    home,
    signIn,
    origin,
    http,
    browser,
    invite,
    member: async (email) => {
      const visitor = browser()
      await visitor.send(await invite(email), { name: 'Grace', password: PASSWORD })
      return visitor
    },
    stopClock: (at) => {
      stands = at
    },
    anotherOrganisation: async () => (await testOrganisation(store)).organisation,
    log: () =>
      store.inOrganisation(home.organisation, async (tx) =>
        (await entriesFrom(tx, 0, 1_000)).map(
          ({ bytes }) => JSON.parse(Buffer.from(bytes).toString()).action,
        ),
      ),
  }
}
