import { statfsSync } from 'node:fs'
import { chmod } from 'node:fs/promises'
import { createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runSpec, SMALL, specOf } from '#test/port-suites/sandbox-specs.ts'
import { type BubblewrapRig, bubblewrapRig } from '#test/sandbox/bubblewrap-rig.ts'

const MiB = 1024 * 1024

let rig: BubblewrapRig

beforeAll(async () => {
  rig = await bubblewrapRig()
})

afterAll(() => rig.close())

const runPython = async (program: string) => {
  const limits = { ...SMALL, workspaceDisk: 16 * MiB, fileSize: 256 * MiB, seconds: 30 }
  return runSpec(rig.driver, specOf(await rig.directory(), ['/usr/bin/python3', '-c', program], { limits }))
}

/** Where the workspaces of this test are in memory, the bound of memory is the one to meet. */
const onDisk = statfsSync(tmpdir()).type !== 0x01021994

test.runIf(onDisk).for([
  ['held open', 'for _ in range(40): os.write(file, b"x" * 2**20)'],
  [
    'mapped',
    'os.ftruncate(file, 40 * 2**20); m = mmap.mmap(file, 0); os.close(file); m[:] = b"x" * (40 * 2**20); m.flush()',
  ],
] as const)(
  'disk that is taken by deleted files still %s is found, and ends the sandbox',
  async ([, fill]) => {
    const program = [
      'import mmap, os, time',
      'file = os.open("/workspace/hidden", os.O_CREAT | os.O_RDWR)',
      'os.unlink("/workspace/hidden")',
      fill,
      'time.sleep(20)',
    ].join('\n')
    expect((await runPython(program)).ending).toMatchObject({ cause: 'disk_exhausted' })
  },
)

test('disk that is taken under names that are no text is found, and ends the sandbox', async () => {
  const program = [
    'import os, time',
    'os.mkdir(b"/workspace/\\xff")',
    'open(b"/workspace/\\xff/\\xfe", "wb").write(b"x" * (40 * 2**20))',
    'time.sleep(20)',
  ].join('\n')
  expect((await runPython(program)).ending).toMatchObject({ cause: 'disk_exhausted' })
})

test('a sandbox ends although it sent its output away through a socket, where nobody takes it', async () => {
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
  try {
    const spec = specOf(await rig.directory(), ['/usr/bin/python3', '-c', program], {
      phase: 'run',
      socketDirectory: sockets,
    })
    expect(await runSpec(rig.driver, spec)).toMatchObject({
      ending: { cause: 'exited', exitCode: 0 },
      stdout: 'sent\n',
    })
  } finally {
    for (const socket of held) socket.destroy()
    server.close()
  }
})

test('deleted files in memory are no disk', async () => {
  const program = [
    'import os, time',
    'file = os.open("/tmp/hidden", os.O_CREAT | os.O_RDWR)',
    'os.unlink("/tmp/hidden")',
    'for _ in range(24): os.write(file, b"x" * 2**20)',
    'time.sleep(2)',
  ].join('\n')
  expect((await runPython(program)).ending).toMatchObject({ cause: 'exited', exitCode: 0 })
})
