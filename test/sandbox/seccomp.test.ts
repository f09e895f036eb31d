import { existsSync, readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { assemble } from '#sandbox/bubblewrap/bpf.ts'
import { seccompFilter } from '#sandbox/bubblewrap/seccomp.ts'
import {
  ABSENT,
  type Architecture,
  EXAMINED,
  FORBIDDEN,
  NEWEST_KNOWN,
} from '#sandbox/bubblewrap/system-calls.ts'
import { runSpec, specOf } from '#test/port-suites/sandbox-specs.ts'
import { callData, runFilter } from './bpf-machine.ts'
import { type BubblewrapRig, bubblewrapRig } from './bubblewrap-rig.ts'

const ALLOW = 0x7fff0000
const KILL = 0x80000000
const errno = (code: number) => 0x00050000 | code
const [EPERM, ENOSYS, EPROTONOSUPPORT, EAFNOSUPPORT] = [errno(1), errno(38), errno(93), errno(97)]

const AUDIT_ARCH = { x64: 0xc000003e, arm64: 0xc00000b7, i386: 0x40000003, arm: 0x40000028 }

const HEADERS: Record<Architecture, string[]> = {
  x64: ['/usr/include/x86_64-linux-gnu/asm/unistd_64.h', '/usr/include/asm/unistd_64.h'],
  arm64: ['/usr/include/asm-generic/unistd.h'],
}

const ARCHITECTURES: readonly Architecture[] = ['x64', 'arm64']

describe.each(ARCHITECTURES)('the filter for %s', (architecture) => {
  const filter = seccompFilter(architecture)
  const answer = (number: number, ...args: (number | bigint)[]) =>
    runFilter(filter, callData(AUDIT_ARCH[architecture], number, args.map(BigInt)))
  const numberOf = (call: keyof typeof EXAMINED) => {
    const entry: { x64: number; arm64?: number } = EXAMINED[call]
    return entry[architecture] ?? -1
  }

  test('gives every number of the table the answer of its list, and allows all others', () => {
    const expected = new Map<number, number>()
    const lists = [
      [FORBIDDEN, EPERM],
      [ABSENT, ENOSYS],
    ] as const
    for (const [table, verdict] of lists)
      for (const entry of Object.values<{ x64: number; arm64?: number }>(table)) {
        const number = entry[architecture]
        if (number !== undefined) expected.set(number, verdict)
      }
    const examined = Object.keys(EXAMINED).map((call) => numberOf(call as keyof typeof EXAMINED))
    for (let number = 0; number <= NEWEST_KNOWN; number++)
      if (!examined.includes(number))
        expect([number, answer(number)]).toEqual([number, expected.get(number) ?? ALLOW])
  })

  test('knows no call that is newer than its table', () => {
    fc.assert(
      fc.property(fc.integer({ min: NEWEST_KNOWN + 1, max: 0x3fffffff }), (number) => {
        expect(answer(number)).toBe(ENOSYS)
      }),
    )
  })

  test('kills whoever speaks with another instruction set', () => {
    for (const foreign of Object.values(AUDIT_ARCH).filter((arch) => arch !== AUDIT_ARCH[architecture]))
      expect(runFilter(filter, callData(foreign, 1))).toBe(KILL)
  })

  test('lets clone make threads and processes but no namespace', () => {
    const clone = numberOf('clone')
    expect(answer(clone, 0x3d0f00)).toBe(ALLOW) // what pthread_create asks for
    expect(answer(clone, 0x01200011)).toBe(ALLOW) // what fork asks for
    for (const flag of [0x20000, 0x2000000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000])
      expect([flag, answer(clone, 0x11 | flag)]).toEqual([flag, EPERM])
  })

  test('keeps personality and devices as they are', () => {
    expect([0, 0xffffffff, 0x40000, 8].map((value) => answer(numberOf('personality'), value))).toEqual([
      ALLOW,
      ALLOW,
      EPERM,
      EPERM,
    ])
    const modes = [0o100644, 0o010644, 0o140644, 0o020644, 0o060644]
    const verdicts = [ALLOW, ALLOW, ALLOW, EPERM, EPERM]
    expect(modes.map((mode) => answer(numberOf('mknodat'), 0, 0, mode))).toEqual(verdicts)
    if (architecture === 'x64')
      expect(modes.map((mode) => answer(numberOf('mknod'), 0, mode))).toEqual(verdicts)
  })

  test('refuses terminal injection, whatever stands in the high half of the request', () => {
    const high = 0xdeadbeefn << 32n
    for (const request of [0x5412n, 0x541cn, 0x5423n]) {
      expect(answer(numberOf('ioctl'), 0, request)).toBe(EPERM)
      expect(answer(numberOf('ioctl'), 0, request | high)).toBe(EPERM)
    }
    expect(answer(numberOf('ioctl'), 0, 0x5401)).toBe(ALLOW)
  })

  test('joins pairs of Unix sockets, and makes no pair of another family', () => {
    const pair = (...args: (number | bigint)[]) => answer(numberOf('socketpair'), ...args)
    expect([pair(1, 1, 0), pair(1, 2, 0), pair(1, 5 | 0x80000, 0)]).toEqual([ALLOW, ALLOW, ALLOW])
    for (let family = 0; family < 64; family++)
      if (family !== 1) expect([family, pair(family, 1, 0)]).toEqual([family, EAFNOSUPPORT])
  })

  test('opens Unix sockets, TCP, UDP and the routing netlink, and no other socket', () => {
    const socket = (...args: (number | bigint)[]) => answer(numberOf('socket'), ...args)
    const allowed = [
      [1, 1, 0],
      [1, 5, 0],
      [2, 1, 0],
      [2, 1, 6],
      [2, 2 | 0o2000000, 17],
      [10, 1 | 0o4000, 0],
      [16, 3, 0],
    ]
    expect(allowed.map((args) => socket(...args))).toEqual(allowed.map(() => ALLOW))
    expect(socket(2, 3, 0)).toBe(EAFNOSUPPORT) // raw
    expect(socket(2, 1, 132)).toBe(EPROTONOSUPPORT) // SCTP
    expect(socket(2, 1, 262)).toBe(EPROTONOSUPPORT) // MPTCP
    expect(socket(16, 3, 12)).toBe(EAFNOSUPPORT) // NETLINK_NETFILTER
    expect(socket(40n | (1n << 32n), 1, 0)).toBe(EAFNOSUPPORT)
    for (let family = 0; family < 64; family++)
      if (![1, 2, 10, 16].includes(family))
        expect([family, socket(family, 1, 0)]).toEqual([family, EAFNOSUPPORT])
  })

  const header = HEADERS[architecture].find((path) => existsSync(path))
  test.skipIf(header === undefined)('agrees with the kernel headers on every number', () => {
    const numbers = new Map(
      [...readFileSync(header ?? '', 'utf8').matchAll(/^#define __NR(?:3264)?_(\w+)\s+(\d+)$/gm)].map(
        ([, name, number]) => [name, Number(number)],
      ),
    )
    expect(numbers.size).toBeGreaterThan(250)
    const tables: Record<string, { x64: number; arm64?: number }> = { ...FORBIDDEN, ...ABSENT, ...EXAMINED }
    for (const [name, entry] of Object.entries(tables))
      if (numbers.has(name)) expect([name, entry[architecture]]).toEqual([name, numbers.get(name)])
  })
})

test('the x64 filter kills x32 calls', () => {
  for (const number of [0x40000000, 0x40000001, 0x40000208, 0xffffffff])
    expect(runFilter(seccompFilter('x64'), callData(AUDIT_ARCH.x64, number))).toBe(KILL)
})

test('the assembler refuses labels it cannot reach', () => {
  expect(() => assemble([{ jump: 'equal', k: 1, yes: 'nowhere' }])).toThrow('cannot jump to nowhere')
  expect(() => assemble([{ label: 'twice' }, { label: 'twice' }])).toThrow('stands twice')
  const far = Array.from({ length: 300 }, () => ({ return: 0 }))
  expect(() => assemble([{ jump: 'equal', k: 1, yes: 'far' }, ...far, { label: 'far' }])).toThrow(
    'cannot jump',
  )
})

describe('the filter in a running sandbox', () => {
  let rig: BubblewrapRig
  beforeAll(async () => {
    rig = await bubblewrapRig()
  })
  afterAll(() => rig.close())

  const python = async (program: string) => {
    const source = await rig.directory()
    await writeFile(join(source, 'program.py'), program)
    return runSpec(rig.driver, specOf(source, ['/usr/bin/python3', '/workspace/program.py']))
  }

  test('answers every call of the table by executing it', async () => {
    const architecture = process.arch === 'arm64' ? 'arm64' : 'x64'
    const tables: Record<string, { x64: number; arm64?: number }> = { ...FORBIDDEN, ...ABSENT }
    const calls = Object.entries(tables).flatMap(([name, entry]) => {
      const number = entry[architecture]
      return number === undefined ? [] : [[name, number] as const]
    })
    const { stdout, stderr } = await python(`
import ctypes, json
libc = ctypes.CDLL(None, use_errno=True)
answers = {}
for name, number in json.loads('''${JSON.stringify(calls)}'''):
    ctypes.set_errno(0)
    result = libc.syscall(number, 0, 0, 0, 0, 0, 0)
    answers[name] = [result, ctypes.get_errno()]
print(json.dumps(answers))
`)
    expect(stderr).toBe('')
    const expected = calls.map(([name]) => [name, [-1, name in ABSENT ? 38 : 1]])
    expect(JSON.parse(stdout)).toEqual(Object.fromEntries(expected))
  })

  test.runIf(process.arch === 'x64')('kills x32 and i386 calls with SIGSYS', async () => {
    const { stdout } = await python(`
import ctypes, mmap, os
def ended(call):
    pid = os.fork()
    if pid == 0:
        call()
        os._exit(0)
    return os.waitpid(pid, 0)[1] & 0x7f
def x32():
    ctypes.CDLL(None).syscall(0x40000000 + 39)
def i386():
    code = b'\\xb8\\x14\\x00\\x00\\x00\\xcd\\x80\\xc3'  # mov eax, 20 (getpid); int 0x80; ret
    page = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    page.write(code)
    ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(page)))()
print(ended(x32), ended(i386))
`)
    expect(stdout).toBe('31 31\n')
  })

  test('is in force for the first process too, without a way to gain privileges', async () => {
    const { stdout } = await python(`
for pid in ('1', 'self'):
    for line in open('/proc/%s/status' % pid):
        if line.split(':')[0] in ('NoNewPrivs', 'Seccomp', 'CapEff', 'CapBnd', 'CapPrm'):
            print(pid, ' '.join(line.split()))
`)
    const zero = '0000000000000000'
    const lines = [`CapPrm: ${zero}`, `CapEff: ${zero}`, `CapBnd: ${zero}`, 'NoNewPrivs: 1', 'Seccomp: 2']
    expect(stdout.trim().split('\n')).toEqual(
      ['1', 'self'].flatMap((pid) => lines.map((line) => `${pid} ${line}`)),
    )
  })
})
