import { CamelCasePlugin, Kysely, PostgresDialect, sql } from 'kysely'
import pg, { type PoolConfig } from 'pg'
import { type Connections, type Location, openLocation } from './connections.ts'
import { databaseFailure } from './database-failure.ts'
import { type EventListener, eventNotices } from './event-notices.ts'
import { migrate } from './migrate.ts'
import { type Notifications, openNotifications } from './notifications.ts'
import { openPool } from './pool.ts'
import { ensureRole, IDENTITY_ROLE, QUERY_ROLE, requireQueryRole } from './query-role.ts'
import { installQueue, openQueue, type Queue } from './queue.ts'
import type { Tables, Tx } from './schema.ts'

export interface Store {
  /**
   * Runs work in one transaction that sees this organisation only; commits when it resolves, rolls back when it
   * rejects. Effects belong after it: work must not start anything it cannot take back.
   */
  inOrganisation<T>(organisation: string, work: (tx: Tx) => Promise<T>): Promise<T>
  /** Runs work while nobody else, on any server at this database, runs work under the same name. */
  exclusively<T>(name: string, work: () => Promise<T>): Promise<T>
  /** Every organisation there is, the oldest first: for start-up recovery, and to know whether one is alone here. */
  organisations(): Promise<readonly string[]>
  /** Whose access token has this SHA-256 hash; whether it still counts is asked inside that organisation. */
  organisationOfToken(hash: Uint8Array): Promise<string | undefined>
  /** In which organisations somebody who signed in is known; whether they still count is asked inside each. */
  organisationsOfIdentity(identity: string): Promise<readonly string[]>
  /** Connections that reach the tables of sign-in and nothing else. */
  readonly identity: pg.Pool
  readonly queue: Queue
  /** Calls the listener after events were committed, by any process; `undefined` means some may have been missed. */
  onEvents(listener: EventListener): () => void
  /** Stops the queue and closes every connection, then the embedded server. Safe to call twice. */
  close(): Promise<void>
}

export interface StoreOptions {
  /** Told of trouble that no call can report: a lost connection in the background. */
  readonly onProblem?: (error: Error) => void
}

/**
 * Opens the database, brings its schema up to date and starts the queue.
 * Throws AirlockError: `database_unavailable`, `data_directory_busy`, `disk_full`, `invalid_configuration`.
 */
export async function openStore(location: Location, options: StoreOptions = {}): Promise<Store> {
  try {
    const connections = await openLocation(location)
    return await openConnections(connections, options)
  } catch (error) {
    throw databaseFailure(error)
  }
}

async function openConnections(connections: Connections, options: StoreOptions): Promise<Store> {
  const onProblem = options.onProblem ?? (() => undefined)
  const owner = kyselyOver(connections.owner, 2, onProblem)
  const query = kyselyOver(connections.query, 12, onProblem)
  const identity = openPool(identityConfig(connections.identity), onProblem)
  let notifications: Notifications | undefined
  const disconnect = () =>
    Promise.all([notifications?.close(), identity.end(), query.destroy(), owner.destroy()])
  try {
    await prepareSchema(owner, connections)
    await requireQueryRole(query)
    notifications = await openNotifications(connections.query, onProblem)
    const onEvents = await eventNotices(notifications)
    const queue = await openQueue(connections.query, notifications, onProblem)
    const close = async () => {
      await queue.close()
      await disconnect()
      await connections.close()
    }
    let closing: Promise<void> | undefined
    return {
      inOrganisation: (organisation, work) => inOrganisation(query, organisation, work),
      exclusively: (name, work) => exclusively(query, name, work),
      organisations: () => organisations(owner),
      organisationOfToken: (hash) => organisationOfToken(query, hash),
      organisationsOfIdentity: (id) => organisationsOfIdentity(query, id),
      identity,
      queue,
      onEvents,
      close: () => {
        closing ??= close()
        return closing
      },
    }
  } catch (error) {
    await disconnect()
    await connections.close()
    throw error
  }
}

/** Any number, but always this one: of servers that start on one database, one at a time changes the schema. */
const SCHEMA_LOCK = 7_305_112_810

async function prepareSchema(owner: Kysely<Tables>, connections: Connections): Promise<void> {
  await owner.connection().execute(async (db) => {
    await sql`select pg_advisory_lock(${SCHEMA_LOCK})`.execute(db)
    try {
      await ensureRole(db, QUERY_ROLE, loginOf(connections.query))
      await ensureRole(db, IDENTITY_ROLE, loginOf(connections.identity))
      await sql`create schema if not exists airlock`.execute(db)
      await sql`grant usage on schema airlock to airlock_query`.execute(db)
      await migrate(owner)
      await installQueue(connections.owner)
    } finally {
      await sql`select pg_advisory_unlock(${SCHEMA_LOCK})`.execute(db)
    }
  })
}

async function inOrganisation<T>(
  query: Kysely<Tables>,
  organisation: string,
  work: (tx: Tx) => Promise<T>,
): Promise<T> {
  if (organisation === '') throw new TypeError('a transaction needs an organisation')
  try {
    return await query.transaction().execute(async (tx) => {
      await sql`select set_config('app.organisation', ${organisation}, true)`.execute(tx)
      return work(tx)
    })
  } catch (error) {
    throw databaseFailure(error)
  }
}

async function exclusively<T>(query: Kysely<Tables>, name: string, work: () => Promise<T>): Promise<T> {
  return query.connection().execute(async (db) => {
    const key = sql`hashtextextended(${name}, ${SCHEMA_LOCK})`
    await sql`select pg_advisory_lock(${key})`.execute(db)
    try {
      return await work()
    } finally {
      await sql`select pg_advisory_unlock(${key})`.execute(db)
    }
  })
}

async function organisations(owner: Kysely<Tables>): Promise<readonly string[]> {
  const rows = await owner.selectFrom('organisations').select('organisation').orderBy('createdAt').execute()
  return rows.map((row) => row.organisation)
}

async function organisationOfToken(query: Kysely<Tables>, hash: Uint8Array): Promise<string | undefined> {
  try {
    const { rows } = await sql<{ organisation: string | null }>`
      select organisation_of_token(${Buffer.from(hash)}) as organisation`.execute(query)
    return rows[0]?.organisation ?? undefined
  } catch (error) {
    throw databaseFailure(error)
  }
}

async function organisationsOfIdentity(query: Kysely<Tables>, identity: string): Promise<readonly string[]> {
  try {
    const { rows } = await sql<{ organisation: string }>`
      select organisations_of_identity(${identity}) as organisation`.execute(query)
    return rows.map(({ organisation }) => organisation)
  } catch (error) {
    throw databaseFailure(error)
  }
}

/** Moments as `Date` here: what is on the other side of these connections wants them so. */
function identityConfig(config: PoolConfig): PoolConfig {
  const session =
    '-c search_path=airlock_identity -c timezone=UTC -c idle_in_transaction_session_timeout=60000'
  return {
    ...config,
    options: [config.options, session].filter(Boolean).join(' '),
    application_name: 'airlock sign-in',
    max: 6,
    types: {
      getTypeParser: ((type: number, format?: 'text') =>
        type === INT8 ? Number : pg.types.getTypeParser(type, format)) as typeof pg.types.getTypeParser,
    },
  }
}

function kyselyOver(config: PoolConfig, max: number, onProblem: (error: Error) => void): Kysely<Tables> {
  const pool = openPool(
    {
      ...config,
      options: [config.options, SESSION].filter(Boolean).join(' '),
      application_name: 'airlock',
      max,
      types: { getTypeParser },
    },
    onProblem,
  )
  return new Kysely<Tables>({
    dialect: new PostgresDialect({ pool }),
    plugins: [new CamelCasePlugin({ maintainNestedObjectKeys: true })],
  })
}

// A transaction somebody forgot must not hold its row locks, the audit log's among them, for ever.
const SESSION = '-c search_path=airlock -c timezone=UTC -c idle_in_transaction_session_timeout=60000'

const INT8 = 20
const TIMESTAMPTZ = 1184

/** 64-bit counts as numbers (ours stay far below 2^53), moments as ISO text. */
const getTypeParser = ((type: number, format?: 'text') => {
  const parse = pg.types.getTypeParser(type, format)
  if (type === INT8) return Number
  if (type === TIMESTAMPTZ) return (text: string) => (parse(text) as Date).toISOString()
  return parse
}) as typeof pg.types.getTypeParser

function loginOf(config: PoolConfig): string | undefined {
  if (config.connectionString === undefined) return config.user
  const user = new URL(config.connectionString).username
  return user === '' ? undefined : decodeURIComponent(user)
}
