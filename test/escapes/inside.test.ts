import { chmod, copyFile, stat, writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runSpec, SMALL, specOf } from '#test/port-suites/sandbox-specs.ts'
import { type BubblewrapRig, bubblewrapRig, HOST_USER } from '#test/sandbox/bubblewrap-rig.ts'

interface Report {
  readonly outcomes: Record<string, string>
  readonly seen: Record<string, unknown>
}

let rig: BubblewrapRig
let report: Report
const servers: Server[] = []

beforeAll(async () => {
  rig = await bubblewrapRig()
  const [workspace, neighbour, tools, sockets] = [
    await rig.directory(),
    await rig.directory(),
    await rig.directory(),
    await rig.directory(),
  ]
  await copyFile(join(import.meta.dirname, 'attempts.py'), join(tools, 'attempts.py'))
  await writeFile(join(tools, 'tool'), 'x')
  await chmod(join(tools, 'tool'), 0o666)
  await listen(join(sockets, 'model.sock'))
  const port = ((await listen(0)).address() as AddressInfo).port
  const name = `airlock-test-${process.pid}`
  await listen(`\0${name}`)
  const { stdout, stderr } = await runSpec(
    rig.driver,
    specOf(workspace, ['/usr/bin/python3', '/opt/tools/attempts.py', neighbour, `${port}`, name], {
      mounts: [{ source: tools, target: '/opt/tools' }],
      phase: 'run',
      socketDirectory: sockets,
      limits: { ...SMALL, openFiles: 200, fileSize: 64 * 1024 * 1024 },
    }),
  )
  expect(stderr).toBe('')
  report = JSON.parse(stdout)
})

afterAll(async () => {
  for (const server of servers) server.close()
  await rig.close()
})

const outcomesOf = (prefix: string) =>
  Object.fromEntries(Object.entries(report.outcomes).filter(([name]) => name.startsWith(prefix)))
const all = (outcome: string, ...names: string[]) => Object.fromEntries(names.map((name) => [name, outcome]))
const pick = (...names: string[]) => Object.fromEntries(names.map((name) => [name, report.outcomes[name]]))

test('nothing but the workspace and the scratch places can be written', () => {
  const created = outcomesOf('create in ')
  const { 'create in /proc': inProc, ...others } = created
  expect(inProc).toBe('ENOENT')
  expect(new Set(Object.values(others))).toEqual(new Set(['EROFS']))
  expect(Object.keys(others)).toHaveLength(14)
})

test('files that are shown cannot be changed', () => {
  expect(outcomesOf('append to ')).toEqual({
    'append to /opt/tools/tool': 'EROFS',
    ...all('EACCES', 'append to /proc/sys/kernel/core_pattern', 'append to /proc/sys/kernel/hostname'),
    'append to /etc/passwd': expect.stringMatching(/^(EROFS|EACCES)$/),
    'append to /etc/hosts': expect.stringMatching(/^(EROFS|EACCES)$/),
    'append to /usr/bin/env': expect.stringMatching(/^(EROFS|EACCES)$/),
    'append to /proc/sysrq-trigger': expect.stringMatching(/^(EACCES|EROFS|ENOENT)$/),
    'append to /proc/self/uid_map': expect.stringMatching(/^(EPERM|EINVAL)$/),
    'append to /proc/self/setgroups': expect.stringMatching(/^(EPERM|EACCES|EINVAL)$/),
    'append to /proc/1/oom_score_adj': expect.stringMatching(/^(EINVAL|EACCES)$/),
  })
})

test('the gateway socket and the masks stay where they are', () => {
  expect(pick('remove the socket', 'rename the socket', 'remove a mask')).toEqual({
    ...all('EROFS', 'remove the socket', 'rename the socket'),
    'remove a mask': expect.stringMatching(/^E(BUSY|PERM|ACCES|ROFS)$/),
  })
})

test('nothing of the host is there to look at, a neighbour included', () => {
  const looked = outcomesOf('look at ')
  expect(Object.keys(looked)).toHaveLength(22)
  expect(looked).toEqual(all('ENOENT', ...Object.keys(looked)))
})

test('privileges cannot be gained', () => {
  const names = ['become root', 'give a file to root']
  for (const name of names) expect(report.outcomes[name]).toMatch(/^E(PERM|INVAL)$/)
  const refused = [
    'make a block device',
    'make a character device',
    'set a file capability',
    'be a real-time process',
  ]
  expect(pick(...refused)).toEqual(all('EPERM', ...refused))
  expect(report.outcomes['be more important']).toMatch(/^E(PERM|ACCES)$/)
  expect(report.outcomes['lower own oom score']).toBe('EACCES')
  expect(report.outcomes['open the terminal']).toBe('ENXIO')
})

test('limits of a single process hold', () => {
  expect(report.outcomes['raise the file limit']).toBe('ValueError')
  expect(pick('make a huge sparse file', 'open files without end')).toEqual({
    'make a huge sparse file': 'EFBIG',
    'open files without end': 'EMFILE',
  })
})

test('there is no way to the network', () => {
  expect(pick('reach a service of the host', 'reach an abstract socket of the host')).toEqual(
    all('ECONNREFUSED', 'reach a service of the host', 'reach an abstract socket of the host'),
  )
  const away = ['reach another network', 'reach another network by IPv6', 'send a datagram']
  expect(pick(...away)).toEqual(all('ENETUNREACH', ...away))
  expect(report.outcomes['resolve a name']).not.toContain('done')
  const opened = [
    'open AF_VSOCK',
    'open AF_PACKET',
    'open AF_ALG',
    'open AF_BLUETOOTH',
    'open AF_CAN',
    'pair AF_VSOCK',
    'pair AF_NETLINK',
    'open a raw socket',
  ]
  expect(pick(...opened)).toEqual(all('EAFNOSUPPORT', ...opened))
  expect(report.seen).toMatchObject({ interfaces: ['lo'], routes: 0 })
})

test('namespaces, mounts and other processes are out of reach', () => {
  const names = [
    'mount',
    'unmount a mask',
    'make a user namespace',
    'trace the first process',
    'enter another namespace',
    'change the root',
  ]
  expect(pick(...names)).toEqual(all('EPERM', ...names))
})

test('a process sees only itself, three descriptors, and no environment of the server', () => {
  const { descriptors, ...seen } = report.seen
  expect(seen).toMatchObject({
    processes: [],
    'own descriptors': ['0', '1', '2'],
    'environment of the first process': '',
    'kernel symbols are masked': true,
    'host name': 'airlock',
    user: [1000, 1000, []],
  })
  expect((descriptors as number[]).filter((descriptor) => descriptor <= 2)).toEqual([0, 1, 2])
  expect(descriptors).not.toContain(4)
})

test('a set-user-id file made inside belongs to the unprivileged account outside', async () => {
  const source = await rig.directory()
  const command = ['sh', '-c', 'cp /usr/bin/id me; chmod 6755 me; ./me -u'] as const
  const { stdout } = await runSpec(rig.driver, specOf(source, command))
  expect(stdout).toBe('1000\n')
  const { uid, gid } = await stat(join(source, 'me'))
  expect({ uid, gid }).toEqual(HOST_USER ?? { uid: process.getuid?.(), gid: process.getgid?.() })
  expect(uid).not.toBe(0)
})

async function listen(where: string | number): Promise<Server> {
  const server = createServer((socket) => socket.end())
  servers.push(server)
  await new Promise<void>((resolve) => {
    if (typeof where === 'string') server.listen(where, resolve)
    else server.listen(where, '127.0.0.1', resolve)
  })
  return server
}
