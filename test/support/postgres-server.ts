import pg from 'pg'
import { openStore } from '#store/database.ts'
import { type EmbeddedPostgresOptions, startEmbeddedPostgres } from '#store/embedded-postgres.ts'

export interface TestServer {
  readonly host: string
  close(): Promise<void>
}

export const TEMPLATE = 'airlock_template'

/** A server with a migrated template database to copy. */
export async function startTestServer(options: EmbeddedPostgresOptions): Promise<TestServer> {
  const server = await startEmbeddedPostgres(options)
  const { host } = server.admin
  await asAdmin(host, 'create role airlock_owner login')
  await asAdmin(host, 'create role airlock_query login')
  await asAdmin(host, 'create role airlock_identity login')
  await asAdmin(host, `create database ${TEMPLATE} owner airlock_owner template template0`)
  const store = await openStore(locationOf(host, TEMPLATE))
  await store.close()
  return { host, close: () => server.close() }
}

export function locationOf(host: string, database: string) {
  const url = (user: string) => `postgresql://${user}@localhost/${database}?host=${encodeURIComponent(host)}`
  return {
    url: url('airlock_owner'),
    queryUrl: url('airlock_query'),
    identityUrl: url('airlock_identity'),
  }
}

export async function asAdmin(
  host: string,
  statement: string,
  database = 'postgres',
): Promise<pg.QueryResult> {
  const client = new pg.Client({ host, user: 'airlock_admin', database })
  await client.connect()
  try {
    return await client.query(statement)
  } finally {
    await client.end()
  }
}
