import { signInApp } from '#http/sign-in/sign-in-app.ts'
import type { SignIn } from '#identity/sign-in/sign-in.ts'
import type { Workshop } from '#tasks/workshop.ts'

/** The pages of sign-in. Their engine is large, so it is loaded when somebody first wants it. */
export interface SignInDesk {
  /** Where people reach this server. */
  origin(): string
  load(): Promise<SignIn>
  pages(): Promise<ReturnType<typeof signInApp>>
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
    pages: () => {
      pages ??= load().then(signInApp)
      return pages
    },
  }
}
