import type { BrowserDoor } from '#http/browser-door.ts'
import { signInApp } from '#http/sign-in/sign-in-app.ts'
import { actorOfSession } from '#identity/actor-of-session.ts'
import { sessionTokenOf } from '#identity/session-cookie.ts'
import type { SignIn } from '#identity/sign-in/sign-in.ts'
import type { Workshop } from '#tasks/workshop.ts'

/** The pages of sign-in, and who is signed in. Their engine is large, so it is loaded when somebody first wants it. */
export interface SignInDesk extends BrowserDoor {
  load(): Promise<SignIn>
}

export function openSignIn(
  { store, clock, random }: Pick<Workshop, 'store' | 'clock' | 'random'>,
  secret: string,
  origin: () => string,
): SignInDesk {
  let signIn: Promise<SignIn> | undefined
  let pages: Promise<ReturnType<typeof signInApp>> | undefined
  const load = () => {
    signIn ??= import('#identity/sign-in/sign-in.ts').then(({ createSignIn }) =>
      createSignIn({ store, clock, random, secret, origin: origin() }),
    )
    return signIn
  }
  return {
    origin,
    load,
    actorOfCookies: async (cookies, organisation) => {
      const token = sessionTokenOf(cookies, secret, origin())
      return token === undefined ? undefined : actorOfSession({ store, clock }, token, organisation)
    },
    proveSecondFactor: async (actor, code, address) => (await load()).proveSecondFactor(actor, code, address),
    pages: () => {
      pages ??= load().then(signInApp)
      return pages
    },
  }
}
