import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { startTestServer, type TestServer } from './postgres-server.ts'

/** One PostgreSQL for the whole run; each test file gets databases of its own from its template. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const directory = await mkdtemp(join(tmpdir(), 'airlock-test-postgres-'))
  let server: TestServer
  try {
    server = await startTestServer({ directory })
  } catch (error) {
    await rm(directory, { recursive: true, force: true })
    throw error
  }
  project.provide('postgres', server.host)
  return async () => {
    await server.close()
    await rm(directory, { recursive: true, force: true })
  }
}

declare module 'vitest' {
  interface ProvidedContext {
    /** The directory of the server's socket. */
    postgres: string
  }
}
