import { existsSync } from 'node:fs'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe } from 'vitest'
import { testStore } from '#test/support/database.ts'
import { startTestServer, type TestServer } from '#test/support/postgres-server.ts'
import { auditLogSuite } from './suites/audit-log.ts'
import { externalServerSuite } from './suites/external-server.ts'
import { isolationSuite } from './suites/isolation.ts'
import { peopleSuite } from './suites/people.ts'
import { queueSuite } from './suites/queue.ts'
import { tasksSuite } from './suites/tasks.ts'

/** Debian's server, the oldest we promise to work with; `script/bootstrap --test` installs it. */
const BINARIES = '/usr/lib/postgresql/15/bin'

describe.skipIf(!existsSync(join(BINARIES, 'postgres')))('on PostgreSQL 15', () => {
  let directory: string
  let server: TestServer | undefined

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'airlock-test-postgres-15-'))
    await chmod(directory, 0o711) // before 16, PostgreSQL walks to its data directory by name
    server = await startTestServer({ directory, binaries: BINARIES })
  })
  afterAll(async () => {
    await server?.close()
    await rm(directory, { recursive: true, force: true })
  })

  const host = () => server?.host ?? ''
  const open = () => testStore(host())
  isolationSuite(open)
  tasksSuite(open)
  auditLogSuite(open)
  peopleSuite(open)
  queueSuite(open)
  externalServerSuite(host)
})
