import { chmod, readdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { connect, createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createContainerDriver } from '#sandbox/container/driver.ts'
import { readFrames, sendMessage } from '#sandbox/container/frames.ts'
import type { Sandbox, SandboxSpec } from '#sandbox/driver.ts'
import { runSpec, specOf } from '#test/port-suites/sandbox-specs.ts'
import { mountsBelow } from '#test/support/container-engine.ts'
import { type ContainerRig, containerRig } from './container-rig.ts'

let rig: ContainerRig
beforeAll(async () => {
  rig = await containerRig()
})
afterAll(() => rig.close())

/** Starts a command that would go on for long, and waits until it does. */
async function longRunning(more: Partial<SandboxSpec> = {}): Promise<Sandbox> {
  let hear = () => {}
  const heard = new Promise<void>((resolve) => {
    hear = resolve
  })
  const started = await rig.driver.start({
    ...specOf(await rig.directory(), ['sh', '-c', 'sleep 1017 & echo here; sleep 1018'], more),
    onOutput: () => hear(),
  })
  if (!started.ok) throw new Error(JSON.stringify(started.failure))
  await heard
  return started.value
}

async function containers(): Promise<string[]> {
  return (await rig.engine.podman('ps', '--all', '--format', '{{.Names}}')).split('\n').filter(Boolean)
}

/** Processes of the user of the containers, whatever they are. */
async function processes(): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const statuses = await Promise.all(
    pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')),
  )
  return statuses.filter((line) => /^sleep\0(1017|1018)\0$/.test(line))
}

/** Those named by the id of a container. */
async function cgroups(): Promise<string[]> {
  const names = await readdir('/sys/fs/cgroup', { recursive: true }).catch(() => [] as string[])
  return names.filter((name) => /libpod-[0-9a-f]{64}$/.test(name))
}

test('nothing is left of a sandbox: no process, container, mount or cgroup', async () => {
  const mounts = async () =>
    (await mountsBelow(rig.engine.root)).filter((path) => /\/(merged|userdata\/shm|rootfs)$/.test(path))
  const sandbox = await longRunning()
  expect({ processes: await processes(), mounts: await mounts() }).toEqual({
    processes: ['sleep\x001017\0', 'sleep\x001018\0'],
    mounts: [expect.any(String), expect.any(String)],
  })
  const [container = ''] = (await rig.engine.podman('ps', '--quiet', '--no-trunc')).split('\n')
  const own = async () => (await cgroups()).filter((path) => path.includes(container))
  expect((await own()).length).toBeGreaterThan(0)
  await sandbox.kill()
  expect(await own()).toEqual([])
  expect({ processes: await processes(), mounts: await mounts(), containers: await containers() }).toEqual({
    processes: [],
    mounts: [],
    containers: [],
  })
})

test('an engine that dies takes its sandboxes with it, and what it remembers of them is swept', async () => {
  const sandbox = await longRunning()
  await rig.engine.kill()
  expect(await sandbox.ended()).toMatchObject({
    cause: 'killed',
    detail: expect.stringContaining('engine went away'),
  })
  expect(await processes()).toEqual([])
  expect(await rig.driver.start(specOf(await rig.directory(), ['true']))).toMatchObject({ ok: false })
  await rig.engine.revive()
  expect((await runSpec(rig.driver, specOf(await rig.directory(), ['true']))).ending.cause).toBe('exited')
  expect(await rig.driver.sweep()).toEqual([`airlock-${rig.prefix}-${sandbox.id}`])
  expect(await containers()).toEqual([])
})

test('a runner that dies is reported at once, and the next one removes what it left', async () => {
  const sandbox = await longRunning()
  await rig.killRunner()
  expect(await sandbox.ended()).toMatchObject({ cause: 'killed', detail: expect.stringContaining('runner') })
  expect(await rig.driver.start(specOf(await rig.directory(), ['true']))).toMatchObject({
    ok: false,
    failure: { code: 'sandbox_unavailable', remedy: expect.stringContaining('docs/sandbox-drivers.md') },
  })
  await rig.startRunner()
  expect({ processes: await processes(), containers: await containers() }).toEqual({
    processes: [],
    containers: [],
  })
})

test('what a dead runner left is ended before anything starts, also when the engine came later than the next one', async () => {
  await longRunning()
  await rig.killRunner()
  await rig.engine.kill()
  await rig.startRunner()
  expect((await processes()).length).toBe(2)
  await rig.engine.revive()
  expect((await runSpec(rig.driver, specOf(await rig.directory(), ['true']))).ending.cause).toBe('exited')
  expect({ processes: await processes(), containers: await containers() }).toEqual({
    processes: [],
    containers: [],
  })
})

test('a runner that is asked to stop ends its sandboxes first', async () => {
  const sandbox = await longRunning()
  await rig.stopRunner()
  expect((await sandbox.ended()).cause).toBe('killed')
  expect({ processes: await processes(), containers: await containers() }).toEqual({
    processes: [],
    containers: [],
  })
  await rig.startRunner()
})

/** A connection that has a sandbox, and does not read what it says. */
async function held(command: SandboxSpec['command']): Promise<Socket> {
  const socket = connect(rig.socket)
  socket.on('error', () => {})
  await sendMessage(socket, { ask: 'start', spec: specOf(await rig.directory(), command) })
  return socket
}

test('a runner that is asked to stop does so although nobody takes the last words of its sandboxes', async () => {
  const socket = await held(['sh', '-c', 'sleep 1017 & exec yes'])
  while ((await processes()).length === 0) await pause(50)
  await rig.stopRunner()
  expect({ processes: await processes(), containers: await containers() }).toEqual({
    processes: [],
    containers: [],
  })
  socket.destroy()
  await rig.startRunner()
})

test('input in many small pieces counts for what it takes in memory', async () => {
  const socket = await held(['sleep', '1017'])
  const piece = Buffer.from([2, 0, 0, 0, 0])
  socket.write(Buffer.concat(Array.from({ length: 4_097 }, () => piece)))
  const tellings: unknown[] = []
  for await (const { bytes } of readFrames(socket)) tellings.push(JSON.parse(bytes.toString('utf8')))
  expect(tellings).toMatchObject([{ tell: 'started' }, { tell: 'ended', ending: { cause: 'killed' } }])
})

test('a working directory that is not there is not made by the engine, as root', async () => {
  const spec = specOf(await rig.directory(), ['true'], { workingDirectory: '/workspace/not/there' })
  expect((await runSpec(rig.driver, spec)).ending).toMatchObject({
    cause: 'failed_to_start',
    detail: expect.stringContaining('/workspace/not/there'),
  })
  expect(await readdir(spec.workspace.source)).toEqual([])
})

test('a sandbox ends although it closed or gave away its outputs', async () => {
  const closed = specOf(await rig.directory(), [
    'sh',
    '-c',
    'exec >&- 2>&-; sleep 0.5; echo x > made; exit 7',
  ])
  expect((await runSpec(rig.driver, closed)).ending).toMatchObject({ cause: 'exited', exitCode: 7 })
  expect(await readFile(join(closed.workspace.source, 'made'), 'utf8')).toBe('x\n')

  const sockets = await rig.directory()
  const held: Socket[] = []
  const server = createServer({ pauseOnConnect: true }, (socket) => held.push(socket))
  await new Promise<void>((resolve) => server.listen(join(sockets, 'model.sock'), resolve))
  await chmod(join(sockets, 'model.sock'), 0o666)
  const program = [
    'import array, socket',
    'print("sent", flush=True)',
    's = socket.socket(socket.AF_UNIX)',
    's.connect("/run/airlock/model.sock")',
    's.sendmsg([b"x"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [1, 2]))])',
  ].join('\n')
  const given = specOf(await rig.directory(), ['/usr/bin/python3', '-c', program], {
    phase: 'run',
    socketDirectory: sockets,
  })
  expect(await runSpec(rig.driver, given)).toMatchObject({
    ending: { cause: 'exited', exitCode: 0 },
    stdout: 'sent\n',
  })
  for (const socket of held) socket.destroy()
  server.close()
})

test('a second runner of an installation does not start: it would sweep what the first one runs', async () => {
  const sandbox = await longRunning()
  await expect(rig.startRunner()).rejects.toThrow('Another runner listens')
  expect((await processes()).length).toBe(2)
  await sandbox.kill()
})

test('an image that the engine does not have is named, with how to get it; nothing is pulled', async () => {
  const other = await containerRig(['--image', 'registry.invalid/no/such:image'])
  try {
    expect(await other.driver.footing()).toMatchObject({
      ok: false,
      failure: {
        code: 'sandbox_unavailable',
        rule: 'sandbox.image',
        remedy: expect.stringContaining('podman pull registry.invalid/no/such:image'),
      },
    })
  } finally {
    await other.close()
  }
})

test('a runtime other than the one the engine uses is refused, never replaced', async () => {
  const other = await containerRig(['--runtime', 'runsc'])
  try {
    expect(await other.driver.start(specOf(await other.directory(), ['true']))).toMatchObject({
      ok: false,
      failure: { code: 'sandbox_unavailable', message: 'Podman runs containers with runc, not runsc.' },
    })
  } finally {
    await other.close()
  }
})

test('an engine that comes back with another runtime starts nothing in it', async () => {
  const other = join(rig.root, 'crun')
  await symlink('/usr/sbin/runc', other)
  const spec = specOf(await rig.directory(), ['true'])
  expect((await runSpec(rig.driver, spec)).ending.cause).toBe('exited')
  await rig.engine.kill()
  await rig.engine.revive('--runtime', other)
  expect(await rig.driver.start(spec)).toMatchObject({
    ok: false,
    failure: {
      code: 'sandbox_unavailable',
      rule: 'sandbox.runtime',
      message: `The container engine made a container for ${other}, not runc.`,
    },
  })
  expect(await containers()).toEqual([])
  await rig.engine.kill()
  await rig.engine.revive()
  expect((await runSpec(rig.driver, spec)).ending.cause).toBe('exited')
})

test('what an engine is configured to show in every container is found before anything runs in one', async () => {
  const configuration = join(rig.root, 'containers.conf')
  const extra = 'volumes = ["/var/log:/opt/extra"]\ndevices = ["/dev/null:/dev/extra"]\n'
  await writeFile(configuration, `[containers]\n${extra}`)
  const other = await containerRig([], { CONTAINERS_CONF: configuration })
  try {
    const started = await other.driver.start(specOf(await other.directory(), ['true']))
    expect(started).toMatchObject({
      ok: false,
      failure: { code: 'sandbox_unavailable', rule: 'sandbox.host' },
    })
    expect(started.ok ? '' : started.failure.message).toContain(
      'it has /opt/extra, which nobody asked for; it has /dev/extra, which nobody asked for',
    )
  } finally {
    await other.close()
  }
})

test('without a runner there is no sandbox, and no other driver takes its place', async () => {
  const driver = createContainerDriver({
    runner: join(rig.root, 'nobody.sock'),
    stopwatch: () => performance.now(),
  })
  expect(await driver.start(specOf(await rig.directory(), ['true']))).toMatchObject({
    ok: false,
    failure: { code: 'sandbox_unavailable' },
  })
  expect(await driver.sweep()).toEqual([])
})

test('footing names engine, runtime and the digest of the image', async () => {
  expect(await rig.driver.footing()).toEqual({
    ok: true,
    value: {
      engine: expect.stringMatching(/^podman \d/),
      runtime: 'runc',
      image: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
    },
  })
})

test('sandboxes that start slowly are not what a sweep removes', async () => {
  const starting = rig.driver.start(specOf(await rig.directory(), ['sh', '-c', 'sleep 1018']))
  const swept: string[] = []
  for (let round = 0; round < 20; round++) {
    swept.push(...(await rig.driver.sweep()))
    await pause(10)
  }
  const started = await starting
  expect({ swept, ok: started.ok }).toEqual({ swept: [], ok: true })
  if (started.ok) await started.value.kill()
})
