import { chmod, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createBubblewrapDriver } from '#sandbox/bubblewrap/driver.ts'
import { diagnose } from '#sandbox/doctor.ts'
import { toolchainFinding } from '#sandbox/toolchains.ts'
import { specOf } from '#test/port-suites/sandbox-specs.ts'
import { type BubblewrapRig, bubblewrapRig } from './bubblewrap-rig.ts'

let rig: BubblewrapRig
beforeAll(async () => {
  rig = await bubblewrapRig()
})
afterAll(() => rig.close())

test('the doctor looks at everything a sandbox stands on, and starts one', async () => {
  const diagnosis = await diagnose({
    driver: rig.driver,
    dataDirectory: rig.root,
    id: 'doctor',
    searchPath: '/usr/bin',
  })
  expect(diagnosis.findings.map(({ name }) => name)).toEqual([
    'bubblewrap',
    'user namespaces',
    'seccomp',
    'cgroups',
    'landlock',
    'container engines',
    'sandbox tier',
    'hardware virtualisation',
    'overlay',
    'disk space',
    'git',
    'toolchains',
    'full profile',
  ])
  expect(diagnosis.findings.filter(({ status, remedy }) => status !== 'ok' && remedy === undefined)).toEqual(
    [],
  )
  expect(diagnosis.findings.at(-1)).toMatchObject({ name: 'full profile', status: 'ok' })
  expect(diagnosis.verdict).not.toBe('unavailable')
  expect(diagnosis.failure).toBeUndefined()
})

test('a host without a usable bwrap is unavailable, with a way out', async () => {
  const remedies = { '/no/such/bwrap': 'apt-get install bubblewrap', '/usr/bin/true': 'airlock doctor' }
  for (const [bwrap, remedy] of Object.entries(remedies)) {
    const driver = createBubblewrapDriver({ ...rig.options, bwrap })
    const { verdict, failure } = await diagnose({
      driver,
      dataDirectory: rig.root,
      id: 'doctor',
      searchPath: '/usr/bin',
    })
    expect({ verdict, failure }).toMatchObject({
      verdict: 'unavailable',
      failure: { code: 'sandbox_unavailable', remedy: expect.stringContaining(remedy) },
    })
  }
})

test.runIf(process.getuid?.() === 0)('a server run by root must name an unprivileged user', async () => {
  const { hostUser: _, ...options } = rig.options
  for (const more of [{}, { hostUser: { uid: 0, gid: 0 } }, { hostUser: { uid: 1000, gid: 0 } }]) {
    const started = await createBubblewrapDriver({ ...options, ...more }).start(specOf(rig.root, ['true']))
    expect(started).toMatchObject({ ok: false, failure: { code: 'sandbox_unavailable' } })
  }
})

test.runIf(process.getuid?.() === 0)(
  'a driver whose files the sandbox user cannot reach says so',
  async () => {
    const closed = join(rig.root, 'closed')
    await mkdir(closed, { mode: 0o700 })
    const driver = createBubblewrapDriver({ ...rig.options, runtimeDirectory: join(closed, 'runtime') })
    expect(await driver.start(specOf(await rig.directory(), ['true']))).toMatchObject({
      ok: false,
      failure: { code: 'sandbox_unavailable', remedy: expect.stringContaining('runtime directory') },
    })
    await chmod(closed, 0o711) // mended: the next start works, with the same driver
    expect(await driver.start(specOf(await rig.directory(), ['true']))).toMatchObject({ ok: true })
  },
)

test('a driver without a place for its files refuses instead of failing', async () => {
  const driver = createBubblewrapDriver({ ...rig.options, runtimeDirectory: '/etc/hostname/runtime' })
  expect(await driver.start(specOf(await rig.directory(), ['true']))).toMatchObject({ ok: false })
})

test('a toolchain outside of /usr is named with what to do, since no sandbox sees it', () => {
  const places = new Map([
    ['python3', '/usr/bin/python3.11'],
    ['go', '/usr/local/go/bin/go'],
    ['cargo', '/root/.cargo/bin/cargo'],
  ])
  expect(toolchainFinding('', (program) => places.get(program))).toEqual({
    name: 'toolchains',
    status: 'weaker',
    finding: 'sandboxes see python3, go; not below /usr, so not seen: cargo (/root/.cargo/bin/cargo)',
    remedy: expect.stringContaining('image:'),
  })
  expect(toolchainFinding('relative:', () => undefined)).toMatchObject({ status: 'ok' })
})
