import { chmod, mkdir, mkdtemp, realpath, rename, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { containerBody } from '#sandbox/container/container-body.ts'
import { exchangedMount } from '#sandbox/container/exchanged-mount.ts'
import { readFrames, sendFrame } from '#sandbox/container/frames.ts'
import { type Runner, startRunner } from '#sandbox/container/runner.ts'
import { readRunnerArguments } from '#sandbox/container/runner-arguments.ts'
import { gapsIn } from '#sandbox/container/trial.ts'
import { specOf } from '#test/port-suites/sandbox-specs.ts'
import { imageRoot } from '#test/support/image-root.ts'

/** A runner without an engine: what is refused here is refused before any engine is asked. */
let root: string
let runner: Runner
beforeAll(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'airlock-runner-')))
  for (const name of ['writable', 'writable/work', 'readable', 'outside', 'writable/with,comma'])
    await mkdir(join(root, name))
  await symlink(join(root, 'outside'), join(root, 'writable/link'))
  await symlink('/', join(root, 'readable/top'))
  runner = await startRunner(
    {
      engine: join(root, 'no-engine.sock'),
      prefix: 'hostile',
      user: { uid: process.getuid?.() || 1_900_000_007, gid: process.getgid?.() || 1_900_000_007 },
      runtime: 'runc',
      image: 'host',
      writableRoots: [join(root, 'writable')],
      readableRoots: [join(root, 'readable')],
      directory: join(root, 'runner'),
      stopwatch: () => performance.now(),
    },
    { socket: join(root, 'runner.sock') },
  )
})
afterAll(async () => {
  await runner.close()
  await rm(root, { recursive: true, force: true })
})

/** Sends bytes as they are, or messages as frames, and returns the first answer. */
async function ask(...parts: unknown[]): Promise<unknown> {
  const socket = connect(join(root, 'runner.sock'))
  socket.on('error', () => {})
  for (const part of parts)
    if (part instanceof Buffer) socket.write(part)
    else await sendFrame(socket, 'message', Buffer.from(JSON.stringify(part)))
  for await (const frame of readFrames(socket)) return JSON.parse(frame.bytes.toString('utf8'))
  return 'closed'
}

const spec = (more: object = {}) => ({ ...specOf(join(root, 'writable/work'), ['true']), ...more })
const refusal = async (question: unknown) => {
  const said = (await ask(question)) as { failure?: { code: string; rule: string; message: string } }
  return said.failure ?? said
}

describe('the runner', () => {
  test('has a socket for its owner alone', async () => {
    expect((await stat(join(root, 'runner.sock'))).mode & 0o777).toBe(0o600)
  })

  test('refuses by its name whatever a spec has no word for', async () => {
    const wishes = {
      privileged: true,
      Privileged: true,
      image: 'debian',
      runtime: 'kata',
      user: '0:0',
      devices: ['/dev/kvm'],
      network: 'host',
      capabilities: ['SYS_ADMIN'],
      securityOptions: ['seccomp=unconfined'],
      entrypoint: ['sh'],
    }
    for (const [name, value] of Object.entries(wishes))
      expect(await refusal({ ask: 'start', spec: spec({ [name]: value }) })).toMatchObject({
        code: 'invalid_input',
        rule: 'sandbox.runner',
        message: expect.stringContaining(`"${name}"`),
      })
    const within = { ...spec().workspace, propagation: 'shared' }
    expect(await refusal({ ask: 'start', spec: spec({ workspace: within }) })).toMatchObject({
      message: expect.stringContaining('"propagation"'),
    })
  })

  test('shows nothing from outside its roots, and follows no link there', async () => {
    const at = (path: string) => join(root, path)
    const workspace = (source: string, writable: unknown = 'all') => ({
      workspace: { source, target: '/workspace', writable },
    })
    const mount = (source: string, target = '/opt/x') => ({ mounts: [{ source, target }] })
    const [image, linked] = [await imageRoot(at('outside/image')), at('readable/image')]
    await symlink(image, linked)
    const wishes = [
      { imageRoot: image },
      { imageRoot: linked },
      { imageRoot: at('readable') },
      workspace('/'),
      workspace('/etc', 'none'),
      workspace('/usr'),
      workspace(at('outside')),
      workspace(at('readable')),
      workspace(at('writable/link')),
      workspace(`${at('writable')}/../outside`),
      workspace(at('writable/with,comma')),
      workspace(at('writable/missing')),
      workspace(`${at('writable')}-not`),
      mount('/etc'),
      mount('/proc'),
      mount('/var/run/docker.sock'),
      mount(at('no-engine.sock')),
      mount(at('readable/top')),
      mount(at('readable/top/etc')),
      mount(at('outside')),
      mount(at('readable'), '/etc'),
      mount(at('readable'), '/opt/x,readonly=false'),
      { mounts: ['/opt/x', '/opt/x/y'].map((target) => ({ source: at('readable'), target })) },
      mount(at('readable'), '/run/airlock/x'),
      { writableMount: { source: at('readable'), target: '/opt/x' } },
      { writableMount: { source: '/usr', target: '/opt/x' } },
      { phase: 'run', socketDirectory: '/run' },
      { phase: 'run', socketDirectory: at('readable/top/run') },
    ]
    const codes = await Promise.all(
      wishes.map(async (wish) => {
        const said = await refusal({ ask: 'start', spec: spec(wish) })
        return 'code' in said ? said.code : said
      }),
    )
    expect(codes).toEqual(wishes.map(() => 'unsafe_path'))
  })

  test('refuses a command that env(1) would not run', async () => {
    for (const program of ['A=b', '', '=x'])
      expect(await refusal({ ask: 'start', spec: spec({ command: [program] }) })).toMatchObject({
        code: 'invalid_input',
        rule: 'sandbox.command',
      })
  })

  test('what is allowed gets as far as the engine', async () => {
    const allowed = { mounts: [{ source: join(root, 'readable'), target: '/opt/x' }] }
    expect(await refusal({ ask: 'start', spec: spec(allowed) })).toMatchObject({
      code: 'sandbox_unavailable',
      message: expect.stringContaining('no-engine.sock'),
    })
  })

  test('answers bytes that are no question with a refusal, and stays there for the next', async () => {
    const header = (kind: number, length: number) => {
      const bytes = Buffer.alloc(5)
      bytes.writeUInt8(kind)
      bytes.writeUInt32BE(length, 1)
      return bytes
    }
    const garbage: unknown[][] = [
      [Buffer.from('GET /v1.41/containers/json HTTP/1.1\r\n\r\n')],
      [header(1, 0xffffffff)],
      [header(1, 1024 * 1024 + 1)],
      [header(9, 1), Buffer.from('x')],
      [header(2, 1), Buffer.from('x')],
      [header(1, 2), Buffer.from('{]')],
      [header(1, 0)],
      [null],
      [[]],
      ['start'],
      [{ ask: 'exec', id: 'x' }],
      [{ ask: 'start' }],
      [{ ask: 'probe', engine: '/x' }],
      [{ ask: 'sweep', prefix: 'other' }],
      [{ ask: 'kill' }],
      [{ ask: 'start', spec: spec({ command: [] }) }],
      [{ ask: 'start', spec: spec({ limits: { ...spec().limits, memory: 1e300 } }) }],
      [{ ask: 'start', spec: spec({ command: ['true', 'x'.repeat(140_000)] }) }],
    ]
    for (const parts of garbage)
      expect(await ask(...parts)).toMatchObject({ tell: 'refused', failure: { code: 'invalid_input' } })
    expect(await ask({ ask: 'probe' })).toMatchObject({ failure: { code: 'sandbox_unavailable' } })
  })
})

test('a container has no privilege, device, host namespace or foreign user, whatever its spec', () => {
  const frame = {
    label: 'x',
    image: `sha256:${'0'.repeat(64)}`,
    user: { uid: 4711, gid: 4712 },
    kind: 'docker',
    runtime: 'runc',
    seccomp: '{}',
    system: [{ source: '/usr', target: '/usr' }],
    mostProcesses: 1000,
  } as const
  const hostile = specOf('/w', ['--privileged', '-u0'], { environment: { '--user': '0', USER: 'root' } })
  const { HostConfig, ...outer } = containerBody(hostile, frame) as Record<string, Record<string, unknown>>
  expect(outer).toMatchObject({
    Image: frame.image,
    User: '4711:4712',
    Entrypoint: ['/usr/bin/env', '-i', '--chdir=/workspace', '--'],
    WorkingDir: '/',
    NetworkDisabled: true,
  })
  expect(Object.keys(HostConfig ?? {}).sort()).toMatchInlineSnapshot(`
    [
      "AutoRemove",
      "CapDrop",
      "CgroupnsMode",
      "Init",
      "IpcMode",
      "LogConfig",
      "MaskedPaths",
      "Memory",
      "MemorySwap",
      "Mounts",
      "NanoCpus",
      "NetworkMode",
      "OomScoreAdj",
      "PidMode",
      "PidsLimit",
      "Privileged",
      "ReadonlyRootfs",
      "RestartPolicy",
      "Runtime",
      "SecurityOpt",
      "ShmSize",
      "UTSMode",
      "Ulimits",
    ]
  `)
  expect(HostConfig).toMatchObject({
    Privileged: false,
    NetworkMode: 'none',
    IpcMode: 'private',
    PidMode: '',
    UTSMode: '',
    ReadonlyRootfs: true,
    CapDrop: ['ALL'],
    SecurityOpt: ['no-new-privileges', 'seccomp={}'],
  })
})

test.runIf(process.getuid?.() === 0)(
  'a directory that was exchanged for a link is found by its inode',
  async () => {
    const at = (name: string) => join(root, 'writable', name)
    for (const name of ['asked', 'other', 'asked/src']) await mkdir(at(name))
    // This very process stands for the container: what it shows at a path is what is there.
    const shown = (source: string, target: string, writable: 'all' | readonly string[] = 'all') =>
      exchangedMount(process.pid, {
        ...specOf(source, ['true']),
        workspace: { source, target: target as '/workspace', writable },
      })
    expect(shown(at('asked'), at('asked'), ['src'])).toBeUndefined()
    expect(shown(at('asked'), at('other'))).toBe(at('asked'))
    expect(shown(at('asked'), at('missing'))).toBe(at('asked'))
    expect(shown(at('link'), at('link'))).toBe(at('link'))
    await rename(at('asked'), at('kept'))
    await symlink('/etc', at('asked'))
    expect(shown(at('asked'), '/etc')).toBe(at('asked'))
    await rm(at('asked'))
    await rename(at('kept'), at('asked'))
    expect(shown(at('asked'), '/etc')).toBe(at('asked'))
  },
)

test.runIf(process.getuid?.() === 0)(
  'a directory that goes to and fro between itself and a link, at full speed, is never taken for what it leads to',
  async () => {
    const place = join(root, 'writable', 'swinging')
    await mkdir(join(place, 'x/etc'), { recursive: true })
    await symlink('/', join(place, 'link'))
    const turns = new Int32Array(new SharedArrayBuffer(4))
    const swing = new Worker(
      `const { renameSync } = require('node:fs')
      const { place, turns } = require('node:worker_threads').workerData
      for (const move = (from, to) => renameSync(place + from, place + to); ; Atomics.add(turns, 0, 1)) {
        move('/x', '/kept'), move('/link', '/x'), move('/x', '/link'), move('/kept', '/x')
      }`,
      { eval: true, workerData: { place, turns } },
    )
    const asked = specOf(join(place, 'x/etc'), ['true'])
    const wanted = { ...asked, workspace: { ...asked.workspace, target: '/etc' as '/workspace' } }
    try {
      let taken = 0
      while (Atomics.load(turns, 0) < 20_000)
        for (let times = 0; times < 100; times++)
          if (exchangedMount(process.pid, wanted) === undefined) taken++
      expect(taken).toBe(0)
    } finally {
      await swing.terminate()
    }
  },
)

test('a trial is believed only when every line of the kernel is as it should be', () => {
  const good = [
    'Uid:\t7\t7\t7\t7',
    'Gid:\t8\t8\t8\t8',
    'CapInh:\t0000000000000000',
    'CapEff:\t0000000000000000',
    'CapBnd:\t0000000000000000',
    'Groups:\t8 ',
    'NoNewPrivs:\t1',
    'Seccomp:\t2',
    '75 49 0:41 / / ro,relatime - overlay overlay rw',
    '76 75 0:42 / /sys ro,relatime - tmpfs tmpfs ro',
    '80 75 254:0 /usr /usr ro,relatime - ext4 /dev/vda rw',
    '54 79 0:45 /null /proc/keys rw,nosuid,noexec - tmpfs tmpfs rw',
    'device /dev/null',
    '    lo:       0       0',
  ]
  const user = { uid: 7, gid: 8 }
  const gaps = (lines: readonly string[]) => gapsIn(lines.join('\n'), { user, runtime: 'runc' }, ['/usr'])
  expect(gaps(good)).toEqual([])
  expect(gaps([...good, '  eth0:       0       0'])).toEqual(['it has a network'])
  expect(gaps([...good, '139 117 254:0 /root /opt/rootleak rw,relatime - ext4 /dev/vda rw'])).toEqual([
    'it has /opt/rootleak, which nobody asked for',
  ])
  expect(gaps([...good, 'device /dev/kvm'])).toEqual(['it has /dev/kvm, which nobody asked for'])
  expect(gaps(good.map((line) => line.replace('Groups:\t8', 'Groups:\t8 27')))).toEqual([
    'it is in further groups',
  ])
  const missing = good.slice(0, -4).map((line) => gaps(good.filter((other) => other !== line)))
  expect(missing.map((list) => list.length)).toEqual(missing.map(() => 1))
  expect(
    gaps(good.map((line) => line.replace('CapEff:\t0000000000000000', 'CapEff:\t00000000a80425fb'))),
  ).toEqual(['it has capabilities'])
})

test('the command line of a runner is refused with the argument that is wrong', async () => {
  await writeFile(join(root, 'file'), '')
  const good = {
    engine: 'unix:///run/x.sock',
    socket: '/run/airlock-runner.sock',
    installation: 'abc',
    user: '4711:4711',
    writable: [join(root, 'writable')],
    directory: join(root, 'own'),
  }
  for (const name of ['own', 'writable/own', 'shared', 'shared/own']) await mkdir(join(root, name))
  await chmod(join(root, 'shared'), 0o777)
  expect(readRunnerArguments(good)).toMatchObject({
    ok: true,
    value: { options: { image: 'host', runtime: 'runc' } },
  })
  const wrong: Record<string, unknown> = {
    engine: 'tcp://127.0.0.1:2375',
    socket: 'relative.sock',
    installation: 'A/../B',
    user: '0:0',
    writable: ['/'],
    directory: join(root, 'missing'),
    image: '../../containers',
    runtime: 'kata',
  }
  const weak = [
    ['directory', join(root, 'writable/own')],
    ['directory', join(root, 'shared')],
    ['directory', join(root, 'shared/own')],
    ['socket', join(root, 'writable/runner.sock')],
    ['socket', join(root, 'shared/own/runner.sock')],
    ['engine', `unix://${join(root, 'writable/engine.sock')}`],
  ] as const
  for (const [name, value] of [...Object.entries(wrong), ...weak])
    expect(readRunnerArguments({ ...good, [name]: value })).toMatchObject({
      ok: false,
      failure: { code: 'invalid_configuration', message: expect.stringContaining(`--${name}`) },
    })
})
