import pg, { type PoolConfig } from 'pg'
import { AirlockError } from '#kernel/failure.ts'
import { ADMIN } from './embedded-postgres/cluster.ts'
import { type EmbeddedPostgresOptions, startEmbeddedPostgres } from './embedded-postgres.ts'
import { IDENTITY_ROLE, QUERY_ROLE } from './query-role.ts'

/** Where the data lives: a server of our own, or one of the user's (the other two: logins without the owner's rights). */
export type Location =
  | { readonly embedded: EmbeddedPostgresOptions }
  | { readonly url: string; readonly queryUrl?: string; readonly identityUrl?: string }

/** How to reach one database: as its owner (schema only), as the role of sign-in, and as the query role (all else). */
export interface Connections {
  readonly owner: PoolConfig
  readonly query: PoolConfig
  readonly identity: PoolConfig
  close(): Promise<void>
}

export async function openLocation(location: Location): Promise<Connections> {
  return 'url' in location ? externalServer(location) : embedded(location.embedded)
}

const DATABASE = 'airlock'
const OWNER = 'airlock_owner'

async function embedded(options: EmbeddedPostgresOptions): Promise<Connections> {
  const server = await startEmbeddedPostgres(options)
  try {
    await createDatabase(server.admin)
  } catch (error) {
    await server.close()
    throw error
  }
  const { host } = server.admin
  return {
    owner: { host, database: DATABASE, user: OWNER },
    query: { host, database: DATABASE, user: QUERY_ROLE },
    identity: { host, database: DATABASE, user: IDENTITY_ROLE },
    close: () => server.close(),
  }
}

/** The roles first, then the database they belong to; each only when it is not there, so that a crash between is mended. */
async function createDatabase(admin: { host: string }): Promise<void> {
  const client = new pg.Client({ ...admin, user: ADMIN, database: 'postgres' })
  await client.connect()
  try {
    for (const role of [OWNER, QUERY_ROLE, IDENTITY_ROLE]) {
      const { rowCount } = await client.query('select from pg_roles where rolname = $1', [role])
      if (rowCount === 0) await client.query(`create role ${role} login nosuperuser nobypassrls`)
    }
    const { rowCount } = await client.query('select from pg_database where datname = $1', [DATABASE])
    if (rowCount === 0) await client.query(`create database ${DATABASE} owner ${OWNER} template template0`)
  } finally {
    await client.end()
  }
}

/** With one URL, each session starts by stepping down to its role; `openStore` checks that of the queries. */
function externalServer({ url, queryUrl, identityUrl }: Extract<Location, { url: string }>): Connections {
  for (const text of [url, queryUrl, identityUrl])
    if (text !== undefined && new URL(text).searchParams.has('options'))
      throw new AirlockError({
        code: 'invalid_configuration',
        message:
          'A database URL for Airlock must not carry `options`: Airlock sets the role of the session there.',
        rule: 'database.url',
        remedy: 'Remove `options` from the URL.',
      })
  return {
    owner: { connectionString: url },
    query: { connectionString: queryUrl ?? url, options: `-c role=${QUERY_ROLE}` },
    identity: { connectionString: identityUrl ?? url, options: `-c role=${IDENTITY_ROLE}` },
    close: async () => undefined,
  }
}
