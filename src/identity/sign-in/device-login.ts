import { sha256 } from '#kernel/bytes.ts'
import type { RandomBytes } from '#kernel/ids.ts'
import { instantOf } from '#kernel/instant.ts'
import { ok, type Result, refused } from '#kernel/result.ts'
import { insertAccessToken } from '#store/access-tokens.ts'
import { personById } from '#store/people.ts'
import { decideDevice, insertDeviceLogin, pollDevice, waitingDevice } from '#store/sign-in/device-logins.ts'
import { tokenId } from '#store/token-id.ts'
import { newToken, tokenHash } from '../token.ts'
import type { Browser } from './browser.ts'
import { limited, rationed } from './limited.ts'
import { type Membership, note } from './note.ts'
import { notProven, type SignInParts } from './parts.ts'
import type { Visitor } from './visitor.ts'

/** How long a command line waits, and for how long it is signed in then. */
const WAIT_SECONDS = 10 * 60
const TOKEN_MILLISECONDS = 30 * 24 * 60 * 60 * 1000

export interface DeviceAsked {
  /** The command line's own secret. */
  readonly deviceCode: string
  /** What a person types into the page; in no address, so that nobody can be sent one that approves. */
  readonly userCode: string
  readonly expiresIn: number
  readonly interval: number
}

/** A command line asks to be let in (after RFC 8628, without `verification_uri_complete`). */
export function askForDevice(
  parts: SignInParts,
  asked: { readonly name: string; readonly address: string },
): Promise<Result<DeviceAsked>> {
  return rationed(parts, asked.address, () => noteDevice(parts, asked))
}

async function noteDevice(
  { store, clock, random }: SignInParts,
  { name, address }: { readonly name: string; readonly address: string },
): Promise<Result<DeviceAsked>> {
  const deviceCode = Buffer.from(random(32)).toString('base64url')
  const userCode = newUserCode(random)
  const now = clock()
  const waits = await insertDeviceLogin(store.identity, {
    deviceHash: sha256(deviceCode),
    userHash: sha256(userCode),
    name: plain(name),
    address,
    createdAt: instantOf(now),
    expiresAt: instantOf(now + WAIT_SECONDS * 1000),
  })
  if (waits) return ok({ deviceCode, userCode: readable(userCode), expiresIn: WAIT_SECONDS, interval: 2 })
  return refused({
    code: 'conflict',
    message: 'Too many command lines wait to be let in.',
    remedy: 'Try again in ten minutes.',
  })
}

export interface WaitingDevice {
  readonly name: string
  readonly address: string
  readonly createdAt: Date
}

/** What asks, for the person who typed its code. */
export function viewDevice(
  parts: SignInParts,
  browser: Browser,
  visitor: Visitor,
  typed: string,
): Promise<Result<WaitingDevice>> {
  return limited(parts, { address: browser.address, account: `device ${visitor.identity}` }, async () => {
    const row = await waitingDevice(parts.store.identity, codeHash(typed), instantOf(parts.clock()))
    if (row === undefined) return notProven()
    return ok({ name: row.name, address: row.address, createdAt: row.created_at })
  })
}

/** Lets the command line in as one of the visitor's memberships, or turns it away. */
export function decideOnDevice(
  parts: SignInParts,
  browser: Browser,
  visitor: Visitor,
  { typed, word }: { readonly typed: string; readonly word: Membership | 'denied' },
): Promise<Result<void>> {
  return limited(parts, { address: browser.address, account: `device ${visitor.identity}` }, async () => {
    const by = word === 'denied' ? word : { organisation: word.organisation, person: word.person.id }
    const decided = await decideDevice(parts.store.identity, codeHash(typed), by, instantOf(parts.clock()))
    return decided ? ok(undefined) : notProven()
  })
}

export type DeviceAnswer =
  | { readonly state: 'waiting' | 'denied' | 'over' }
  | { readonly state: 'done'; readonly token: string }

/** What became of it, for the command line. The token is made here, so that it is nowhere before somebody takes it. */
export async function askedForDevice(parts: SignInParts, deviceCode: string): Promise<DeviceAnswer> {
  const { store, clock, random } = parts
  const at = instantOf(clock())
  const row = await pollDevice(store.identity, sha256(deviceCode), at)
  if (row === undefined) return { state: 'over' }
  const { organisation, person, name } = row
  if (row.denied) return { state: 'denied' }
  if (organisation === null || person === null) return { state: 'waiting' }
  const token = newToken(random)
  const hash = tokenHash(token)
  const expiresAt = instantOf(clock() + TOKEN_MILLISECONDS)
  return store.inOrganisation(organisation, async (tx) => {
    const row = await personById(tx, person)
    if (row === undefined || row.removedAt !== null) return { state: 'denied' }
    await insertAccessToken(tx, { hash, person, kind: 'cli', name, createdAt: at, expiresAt })
    const data = { kind: 'cli', expiresAt }
    await note(tx, parts, { organisation, person, action: 'key.created', subject: tokenId(hash), data })
    return { state: 'done', token }
  })
}

const LETTERS = 'BCDFGHJKLMNPQRSTVWXZ' // no vowels: no words; RFC 8628, 6.1
const CODE_LENGTH = 8

function newUserCode(random: RandomBytes): string {
  let code = ''
  while (code.length < CODE_LENGTH)
    for (const byte of random(CODE_LENGTH))
      if (byte < 240 && code.length < CODE_LENGTH) code += LETTERS[byte % LETTERS.length]
  return code
}

function readable(code: string): string {
  return `${code.slice(0, 4)}-${code.slice(4)}`
}

function codeHash(typed: string): Uint8Array {
  return sha256(
    typed
      .toUpperCase()
      .replaceAll(/[^A-Z]/g, '')
      .slice(0, CODE_LENGTH),
  )
}

/** A name that somebody unknown chose and somebody else reads. */
function plain(name: string): string {
  return name.replaceAll(/[^\p{L}\p{N} ._@-]/gu, '').slice(0, 80) || 'a command line'
}
