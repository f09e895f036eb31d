import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { SandboxDriver } from '#sandbox/driver.ts'
import { engineFinding, findEngines, tierFinding } from '#sandbox/engines.ts'
import { createFakeDriver } from '#sandbox/fake/driver.ts'

const driver = (more: Partial<SandboxDriver>): SandboxDriver => ({
  ...createFakeDriver({ stopwatch: () => performance.now(), program: () => 0 }),
  ...more,
})
const socket = { path: '/run/docker.sock', open: false }

test('sockets are found where they are, without a word to whoever listens there', async () => {
  const root = await mkdtemp(join(tmpdir(), 'airlock-engines-'))
  let visits = 0
  const server = createServer(() => visits++)
  await new Promise<void>((resolve) => server.listen(join(root, 'engine.sock'), resolve))
  const found = await findEngines(
    [join(root, 'engine.sock'), join(root, 'missing.sock'), '/etc/hostname'],
    (program) => (program === 'runsc' ? '/usr/bin/runsc' : undefined),
  )
  expect(found).toEqual({ sockets: [{ path: join(root, 'engine.sock'), open: true }], runtimes: ['runsc'] })
  expect(visits).toBe(0)
  server.close()
  await rm(root, { recursive: true })
})

test('an account that can open an engine is warned: it is as good as root', () => {
  const open = { sockets: [{ ...socket, open: true }], runtimes: [] }
  expect(engineFinding(open, false)).toMatchObject({
    status: 'weaker',
    finding: expect.stringContaining('as good as root'),
    remedy: expect.stringContaining('gpasswd -d'),
  })
  expect(engineFinding(open, true).status).toBe('ok')
  expect(engineFinding({ sockets: [socket], runtimes: [] }, false).status).toBe('ok')
  expect(engineFinding({ sockets: [], runtimes: [] }, false)).toMatchObject({ finding: 'none is running' })
})

test('the doctor names a stronger tier with the way to it', () => {
  const strong = { sockets: [socket], runtimes: ['runc', 'runsc'] }
  const bubblewrap = driver({ name: 'bubblewrap', tier: 'bubblewrap' })
  expect(tierFinding(bubblewrap, strong)).toMatchObject({
    status: 'weaker',
    finding: "bubblewrap is in use, which shares the host's kernel; gvisor is available",
    remedy: expect.stringContaining('--runtime runsc'),
  })
  expect(tierFinding(driver({ name: 'container', tier: 'gvisor' }), strong).status).toBe('ok')
  expect(tierFinding(bubblewrap, { sockets: [socket], runtimes: ['runc'] })).toMatchObject({
    status: 'ok',
    finding: expect.stringContaining('container is available'),
  })
  expect(tierFinding(bubblewrap, { sockets: [], runtimes: ['runsc'] })).toMatchObject({
    status: 'ok',
    finding: "bubblewrap: the strongest here; it shares the host's kernel",
  })
})
