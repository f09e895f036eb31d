import type { RandomBytes } from '#kernel/ids.ts'
import { newId } from '#kernel/ids.ts'
import type { Clock } from '#kernel/instant.ts'
import type { Store } from '#store/database.ts'
import { acceptInvitation, viewInvitation } from './accept-invitation.ts'
import type { Browser } from './browser.ts'
import { removeSecondFactor, renewBackupCodes } from './change-second-factor.ts'
import { askedForDevice, askForDevice, decideOnDevice, viewDevice } from './device-login.ts'
import { createEngine } from './engine.ts'
import type { SignInParts } from './parts.ts'
import { addPasskey, passkeyChallenge, passkeysOf, removePasskey, withPasskey } from './passkeys.ts'
import { changePassword, hasPassword } from './passwords.ts'
import { proveSecondFactor } from './prove-second-factor.ts'
import { openProviderDirectory } from './provider-directory.ts'
import { resetPassword, viewReset, whyNotReset } from './reset-password.ts'
import { describeToSaml } from './saml/describe.ts'
import { type GivenAnswer, takeSamlAnswer } from './saml-answer.ts'
import { beginSecondFactor, confirmSecondFactor, withSecondFactor } from './second-factor.ts'
import { revokeSessions, sessionsOf, signOut } from './sessions.ts'
import { beginSingleSignOn, mayJoin, returnFromProvider } from './single-sign-on.ts'
import { visitorOf } from './visitor.ts'
import { withPassword } from './with-password.ts'

export interface SignInOptions {
  readonly store: Store
  readonly clock: Clock
  readonly random: RandomBytes
  /** 32 random bytes as text: signs cookies and encrypts second factors. Changed, everybody signs in and enrols again. */
  readonly secret: string
  /** Where people reach the server; with https, cookies are for https only. */
  readonly origin: string
}

type Rest<F> = F extends (parts: never, ...rest: infer R) => infer T ? (...rest: R) => T : never

/** Everything the pages of sign-in can ask for. */
export type SignIn = ReturnType<typeof createSignIn>

export function createSignIn(options: SignInOptions) {
  const { store, clock, random, secret, origin } = options
  const providers = openProviderDirectory({ pool: store.identity, secret, origin }, () =>
    newId('prv', random),
  )
  const engine = createEngine({
    pool: store.identity,
    secret,
    origin,
    providers: providers.settings,
    trustedOrigins: () => providers.origins(),
    mayJoin: (provider, claimed) => mayJoin({ store, clock }, providers, provider, claimed),
  })
  const parts: SignInParts = { engine, store, clock, random, secret, origin }
  const of = <F extends (parts: SignInParts, ...rest: never[]) => unknown>(work: F) =>
    ((...rest: never[]) => work(parts, ...rest)) as Rest<F>
  return {
    origin,
    providers,
    visitor: of(visitorOf),
    password: of(withPassword),
    secondFactor: of(withSecondFactor),
    proveSecondFactor: of(proveSecondFactor),
    beginSecondFactor: of(beginSecondFactor),
    confirmSecondFactor: of(confirmSecondFactor),
    removeSecondFactor: of(removeSecondFactor),
    renewBackupCodes: of(renewBackupCodes),
    hasPassword: of(hasPassword),
    changePassword: of(changePassword),
    whyNotReset: of(whyNotReset),
    viewReset: of(viewReset),
    resetPassword: of(resetPassword),
    sessions: of(sessionsOf),
    revokeSessions: of(revokeSessions),
    signOut: of(signOut),
    viewInvitation: of(viewInvitation),
    acceptInvitation: of(acceptInvitation),
    askForDevice: of(askForDevice),
    askedForDevice: of(askedForDevice),
    viewDevice: of(viewDevice),
    decideOnDevice: of(decideOnDevice),
    passkeyChallenge: of(passkeyChallenge),
    passkey: of(withPasskey),
    addPasskey: of(addPasskey),
    passkeys: of(passkeysOf),
    removePasskey: of(removePasskey),
    beginSingleSignOn: (browser: Browser, email: string) =>
      beginSingleSignOn(parts, providers, browser, email),
    returnFromProvider: (browser: Browser, pathAndQuery: string) =>
      returnFromProvider(parts, providers, browser, pathAndQuery),
    samlAnswer: (browser: Browser, provider: string, answer: GivenAnswer) =>
      takeSamlAnswer(parts, providers, browser, provider, answer),
    describeToSaml: async (provider: string) => {
      await providers.load()
      const found = providers.byId(provider)
      return found !== undefined && 'saml' in found ? describeToSaml(origin, provider) : undefined
    },
  }
}
