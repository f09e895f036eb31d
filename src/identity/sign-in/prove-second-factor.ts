import { ok, type Result, refused } from '#kernel/result.ts'
import type { Actor } from '#policy/actor.ts'
import { identityOfPerson } from '#store/person-identities.ts'
import { limited, SECOND_FACTOR } from './limited.ts'
import { noteEverywhere } from './note.ts'
import type { SignInParts } from './parts.ts'
import { isEnrolled, takeCode } from './totp.ts'

/**
 * Takes a one-time code as the proof that whoever asks with a token or a session is there themselves. It counts once, here
 * or at sign-in. Wrong ones lock this and not the sign-in, or a stolen token could shut its owner out.
 */
export async function proveSecondFactor(
  parts: SignInParts,
  actor: Actor,
  code: string,
  address: string,
): Promise<Result<void>> {
  const { organisation, person, kind } = actor
  if (kind !== 'User') return noSecondFactor()
  const identity = await parts.store.inOrganisation(organisation, (tx) => identityOfPerson(tx, person.id))
  if (identity === undefined || !(await isEnrolled(parts, identity))) return noSecondFactor()
  const onLocked = () => noteEverywhere(parts, identity, 'sign-in.locked', { at: 'second-factor' }, 'system')
  const account = `confirm ${identity}`
  const proven = await limited(parts, { address, account, onLocked, ...SECOND_FACTOR }, async () =>
    (await takeCode(parts, identity, code)) ? ok(undefined) : notRight(),
  )
  return proven.ok ? proven : notRight()
}

function notRight(): Result<never> {
  return refused({
    code: 'permission_denied',
    rule: 'confirmation.second-factor',
    message: 'That code confirms nothing: it is not right, or it was used already.',
    remedy: 'Wait for the next one. After many tries, wait a quarter of an hour.',
    details: { method: 'second-factor' },
  })
}

function noSecondFactor(): Result<never> {
  return refused({
    code: 'permission_denied',
    rule: 'confirmation.second-factor',
    message: 'You have no second factor to confirm with.',
    remedy: 'Sign in with a browser and add an authenticator app on /auth/account.',
    details: { method: 'second-factor' },
  })
}
