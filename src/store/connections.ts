import pg, { type PoolConfig } from 'pg'
import { AirlockError } from '#kernel/failure.ts'
import { ADMIN } from './embedded-postgres/cluster.ts'
import { type EmbeddedPostgresOptions, startEmbeddedPostgres } from './embedded-postgres.ts'
import { QUERY_ROLE } from './query-role.ts'

/** Where the data lives: a server of our own, or one of the user's (`queryUrl`: a login without the owner's rights). */
export type Location =
  | { readonly embedded: EmbeddedPostgresOptions }
  | { readonly url: string; readonly queryUrl?: string }

/** How to reach one database: as its owner (schema only) and as the query role (everything else). */
export interface Connections {
  readonly owner: PoolConfig
  readonly query: PoolConfig
  close(): Promise<void>
}

export async function openLocation(location: Location): Promise<Connections> {
  return 'url' in location ? externalServer(location.url, location.queryUrl) : embedded(location.embedded)
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
    close: () => server.close(),
  }
}

/** The roles first, then the database they belong to; each only when it is not there, so that a crash between is mended. */
async function createDatabase(admin: { host: string }): Promise<void> {
  const client = new pg.Client({ ...admin, user: ADMIN, database: 'postgres' })
  await client.connect()
  try {
    for (const role of [OWNER, QUERY_ROLE]) {
      const { rowCount } = await client.query('select from pg_roles where rolname = $1', [role])
      if (rowCount === 0) await client.query(`create role ${role} login nosuperuser nobypassrls`)
    }
    const { rowCount } = await client.query('select from pg_database where datname = $1', [DATABASE])
    if (rowCount === 0) await client.query(`create database ${DATABASE} owner ${OWNER} template template0`)
  } finally {
    await client.end()
  }
}

/** With one URL, each session starts by stepping down to the query role; `openStore` checks that it did. */
function externalServer(url: string, queryUrl: string | undefined): Connections {
  for (const text of [url, queryUrl])
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
    close: async () => undefined,
  }
}
