import type { Pool } from 'pg'
import type { Instant } from '#kernel/instant.ts'

export interface DeviceLoginRow {
  readonly name: string
  readonly address: string
  readonly created_at: Date
  readonly organisation: string | null
  readonly person: string | null
  readonly denied: boolean
}

export interface NewDeviceLogin {
  readonly deviceHash: Uint8Array
  readonly userHash: Uint8Array
  readonly name: string
  readonly address: string
  readonly createdAt: Instant
  readonly expiresAt: Instant
}

/** How many command lines may wait at once: anybody can begin one. */
const MOST_WAITING = 1_000

/** A command line that waits for a person; false when too many wait already. */
export async function insertDeviceLogin(pool: Pool, login: NewDeviceLogin): Promise<boolean> {
  await pool.query('delete from device_logins where expires_at <= $1', [login.createdAt])
  const { rowCount } = await pool.query(
    `insert into device_logins (device_hash, user_hash, name, address, created_at, expires_at)
     select $1, $2, $3, $4, $5, $6 where (select count(*) from device_logins) < $7
     on conflict do nothing`,
    [
      Buffer.from(login.deviceHash),
      Buffer.from(login.userHash),
      login.name,
      login.address,
      login.createdAt,
      login.expiresAt,
      MOST_WAITING,
    ],
  )
  return rowCount === 1
}

/** The one a person sees, by the code they typed, while nobody has decided it. */
export async function waitingDevice(
  pool: Pool,
  userHash: Uint8Array,
  at: Instant,
): Promise<DeviceLoginRow | undefined> {
  const { rows } = await pool.query<DeviceLoginRow>(
    `select * from device_logins where user_hash = $1 and expires_at > $2 and person is null and not denied`,
    [Buffer.from(userHash), at],
  )
  return rows[0]
}

/** A person's word on it, once; false when it was decided or is over. */
export async function decideDevice(
  pool: Pool,
  userHash: Uint8Array,
  word: { readonly organisation: string; readonly person: string } | 'denied',
  at: Instant,
): Promise<boolean> {
  const by = word === 'denied' ? { organisation: null, person: null } : word
  const { rowCount } = await pool.query(
    `update device_logins set organisation = $3, person = $4, denied = $5
     where user_hash = $1 and expires_at > $2 and person is null and not denied`,
    [Buffer.from(userHash), at, by.organisation, by.person, word === 'denied'],
  )
  return rowCount === 1
}

/** What the command line learns; an answer that was given is gone once it was told. */
export async function pollDevice(
  pool: Pool,
  deviceHash: Uint8Array,
  at: Instant,
): Promise<DeviceLoginRow | undefined> {
  const key = Buffer.from(deviceHash)
  const told = await pool.query<DeviceLoginRow>(
    `delete from device_logins where device_hash = $1 and expires_at > $2 and (person is not null or denied)
     returning *`,
    [key, at],
  )
  if (told.rows[0] !== undefined) return told.rows[0]
  const { rows } = await pool.query<DeviceLoginRow>(
    'select * from device_logins where device_hash = $1 and expires_at > $2',
    [key, at],
  )
  return rows[0]
}

/** Ends what somebody said yes to and no command line has fetched yet. */
export async function forgetDevices(pool: Pool, organisation: string, person: string): Promise<void> {
  await pool.query('delete from device_logins where organisation = $1 and person = $2', [
    organisation,
    person,
  ])
}
