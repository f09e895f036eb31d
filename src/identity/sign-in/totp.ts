import { createOTP } from '@better-auth/utils/otp'
import { symmetricDecrypt } from 'better-auth/crypto'
import { takeStep } from '#store/sign-in/used-steps.ts'
import { TOTP_SECONDS } from './engine.ts'
import type { SignInParts } from './parts.ts'

/**
 * Uses up a one-time code: false when it was used before, which RFC 6238 (5.2) asks to refuse and the engine does not.
 * A code that is no right one is none of this function's business: true, and the engine says the rest.
 */
export async function useUpCode(parts: SignInParts, identity: string, code: string): Promise<boolean> {
  const step = await stepOf(parts, identity, code)
  return step === undefined || takeStep(parts.store.identity, identity, step)
}

/** Takes a right code of somebody's app, once; false for a wrong one, and for one that was used. */
export async function takeCode(parts: SignInParts, identity: string, code: string): Promise<boolean> {
  const step = await stepOf(parts, identity, code)
  return step !== undefined && (await takeStep(parts.store.identity, identity, step))
}

/** True once a code of the app was shown; before that it only was begun with. */
export async function isEnrolled({ engine }: SignInParts, identity: string): Promise<boolean> {
  const found = await (await engine.$context).adapter.findOne<{ verified?: boolean }>({
    model: 'twoFactor',
    where: [{ field: 'userId', value: identity }],
  })
  return found?.verified === true
}

/** The step a right code belongs to: this one, the one before or the one after, as far as clocks may differ. */
async function stepOf({ engine, clock, secret }: SignInParts, identity: string, code: string) {
  const { adapter } = await engine.$context
  const found = await adapter.findOne<{ secret: string }>({
    model: 'twoFactor',
    where: [{ field: 'userId', value: identity }],
  })
  if (found === null) return undefined
  const otp = createOTP(await symmetricDecrypt({ key: secret, data: found.secret }), { period: TOTP_SECONDS })
  const now = Math.floor(clock() / 1000 / TOTP_SECONDS)
  for (const step of [now - 1, now, now + 1]) if ((await otp.hotp(step)) === code) return step
  return undefined
}
