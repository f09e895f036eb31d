import { digestOf } from '#kernel/bytes.ts'
import { instantOf } from '#kernel/instant.ts'
import type { Result } from '#kernel/result.ts'
import {
  countFailure,
  type FailureBound,
  forgetFailures,
  isLocked,
  sweepFailures,
  takeBackFailure,
} from '#store/sign-in/failures.ts'
import { notProven, type SignInParts } from './parts.ts'

const QUARTER = 15 * 60
const ACCOUNT: FailureBound = { most: 8, withinSeconds: QUARTER, lockSeconds: QUARTER }
const ADDRESS: FailureBound = { most: 60, withinSeconds: QUARTER, lockSeconds: QUARTER }

/** Whoever guesses here knows the password, and has all the time there is: each lock is twice as long as the one before, up to a day. */
export const SECOND_FACTOR = { bound: { ...ACCOUNT, growing: true } } as const

const BEGUN: FailureBound = { most: 100, withinSeconds: QUARTER, lockSeconds: QUARTER }

export interface Tried {
  readonly address: string
  /** Whatever is tried to get into: an account, an invitation; kept as a hash. */
  readonly account?: string
  readonly bound?: FailureBound
  /** Told when this try was the one that locks the account. */
  readonly onLocked?: () => Promise<void>
}

/**
 * Tries a proof, unless there were too many wrong ones for this account or from this address. Each try is counted before
 * it is looked at, so that many at the same moment are bounded as well.
 */
export async function limited<T>(
  { store, clock }: SignInParts,
  { address, account, bound = ACCOUNT, onLocked }: Tried,
  prove: () => Promise<Result<T>>,
): Promise<Result<T>> {
  const at = instantOf(clock())
  const pool = store.identity
  const addressKey = `address ${neighbourhood(address)}`
  const accountKey = account === undefined ? undefined : accountKeyOf(account)
  for (const key of [addressKey, accountKey])
    if (key !== undefined && (await isLocked(pool, key, at))) return notProven()
  // Looked at again as it is counted: what came at the same moment found nothing locked above.
  const from = await countFailure(pool, addressKey, ADDRESS, at)
  if (from === 'locks') await sweepFailures(pool, at)
  if (from === 'refused') return notProven()
  const into = accountKey === undefined ? 'counted' : await countFailure(pool, accountKey, bound, at)
  if (into === 'refused') return notProven()
  const result = await prove()
  if (result.ok) {
    await takeBackFailure(pool, addressKey)
    if (accountKey !== undefined) await forgetFailures(pool, accountKey)
  } else if (into === 'locks') await onLocked?.()
  return result
}

/** Whoever chose a new password is not shut out for having forgotten the old one. */
export async function forgive({ store }: Pick<SignInParts, 'store'>, account: string): Promise<void> {
  await forgetFailures(store.identity, accountKeyOf(account))
}

function accountKeyOf(account: string): string {
  return `account ${digestOf(account.toLowerCase())}`
}

/** What anybody may begin, and what leaves a row until it is over: so often from one address, and not more. */
export async function rationed<T>(
  { store, clock }: Pick<SignInParts, 'store' | 'clock'>,
  address: string,
  begin: () => Promise<Result<T>>,
): Promise<Result<T>> {
  const at = instantOf(clock())
  const key = `begun ${neighbourhood(address)}`
  if (await isLocked(store.identity, key, at)) return notProven()
  const counted = await countFailure(store.identity, key, BEGUN, at)
  if (counted === 'locks') await sweepFailures(store.identity, at)
  return counted === 'refused' ? notProven() : begin()
}

/** Where somebody is: of IPv6 the 64 bits that are given to one customer, who has all the addresses after them. */
export function neighbourhood(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1]
  if (mapped !== undefined || !address.includes(':')) return mapped ?? address
  const [before = '', after] = address.toLowerCase().split('::')
  const head = before === '' ? [] : before.split(':')
  const tail = after === undefined || after === '' ? [] : after.split(':')
  const gap = after === undefined ? 0 : Math.max(0, 8 - head.length - tail.length)
  const groups = [...head, ...Array<string>(gap).fill('0'), ...tail].slice(0, 4)
  return `${groups.map((group) => group.replace(/^0+(?=.)/, '')).join(':')}::/64`
}
