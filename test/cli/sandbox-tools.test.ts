import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { OutputRelay } from '#cli/output-relay.ts'
import { cliDependencies } from '#compose/cli-dependencies.ts'
import { readConfig } from '#compose/config.ts'
import { ok, refused } from '#kernel/result.ts'
import { sandboxEnvironment } from '#sandbox/environment.ts'
import type { Verdict } from '#sandbox/lab/lab-case.ts'
import { LAB_CASES } from '#sandbox/lab/lab-cases.ts'
import { reportOf } from '#sandbox/lab/report.ts'
import { aDesk, type Desk } from './desk.ts'

let desk: Desk
let home: string

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'airlock-tools-'))
  chmodSync(home, 0o711)
  desk = await aDesk()
  desk.with({ sandbox: realTools() })
})
afterAll(async () => {
  await desk.close()
  execFileSync('sh', ['-c', 'chmod -R u+rwX "$0" && rm -rf "$0"', home])
})

function realTools() {
  const config = readConfig({ AIRLOCK_HOME: join(home, 'data'), XDG_RUNTIME_DIR: home })
  const program = { version: '0.0.0', mainFile: '/nowhere', packageRoot: process.cwd() }
  return cliDependencies({ ...config, runtimeDirectory: join(home, 'run') }, program).sandbox
}

const leftInScratch = () =>
  readdirSync(join(home, 'data', 'scratch')).filter((name) => !name.startsWith('pipes-'))

const exec = (...words: string[]) => desk.type('sandbox', 'exec', ...words)

describe('airlock sandbox exec', () => {
  test('gives the exit code and both streams of the command', async () => {
    const { out, err, exit } = await exec('--', 'sh', '-c', 'echo one; echo two >&2; exit 42')
    expect({ out, exit }).toEqual({ out: 'one\n', exit: 42 })
    expect(err).toMatch(
      /^two\n\nended, exit code 42, after .* to start\)\nbubblewrap, phase check, limits by/,
    )
  })

  test.each(['prepare', 'run', 'check'] as const)('has the environment of a task in %s', async (phase) => {
    const { out } = await exec('--json', '--phase', phase, '--', 'env', '-0')
    const names: string[] = JSON.parse(out).output.stdout.split('\0').filter(Boolean)
    const expected = Object.entries(sandboxEnvironment(phase)).map((pair) => pair.join('='))
    expect(names.filter((entry) => !/^(PWD|SHLVL|_)=/.test(entry)).sort()).toEqual(expected.sort())
  })

  test('works on a copy and leaves nothing of it', async () => {
    const original = join(home, 'original')
    mkdirSync(original)
    writeFileSync(join(original, 'file'), 'mine\n')
    const script = 'cat file; echo theirs > file; touch more; ls'
    const { out } = await exec('--json', '-w', original, '--', 'sh', '-c', script)
    expect(JSON.parse(out).output).toEqual({ stdout: 'mine\nfile\nmore\n', stderr: '' })
    expect(readdirSync(original)).toEqual(['file'])
    expect(readFileSync(join(original, 'file'), 'utf8')).toBe('mine\n')
    expect(leftInScratch()).toEqual([])
    expect(readdirSync(join(home, 'run', 'lanes'))).toEqual([])
  })

  test('has a way out that refuses everything which no preset names, and says so', async () => {
    const ask =
      "fetch('https://registry.example').catch((e) => console.log('refused', e.cause?.message ?? e))"
    const { err, exit } = await exec('--phase', 'run', '--', '/opt/airlock/node/bin/node', '-e', ask)
    expect(exit).toBe(0)
    expect(err).toMatch(/^refused network\.none: registry\.example:443/m)
  })

  test('tells as JSON which limit was met, with the output', async () => {
    const { out, exit } = await exec(
      '--json',
      '--limit',
      'seconds=1,memory=64m',
      '--',
      'sh',
      '-c',
      'echo a; sleep 9',
    )
    expect(exit).toBe(124)
    expect(JSON.parse(out)).toMatchObject({
      driver: 'bubblewrap',
      ending: { cause: 'timed_out' },
      limits: { seconds: 1, memory: 64 * 1024 * 1024 },
      limitsMet: ['seconds'],
      output: { stdout: 'a\n', stderr: '' },
    })
  })

  test('passes standard input on when asked to', async () => {
    desk.with({ readInput: async () => 'given' })
    expect((await exec('-i', '--', 'cat')).out).toBe('given')
    expect((await exec('--', 'cat')).out).toBe('')
  })

  test('keeps apart what failed inside and what never started', async () => {
    expect(await exec('--', '/no/such/command')).toMatchObject({ exit: 127 })
    const unknown = await exec('--driver', 'nix', '--', 'true')
    expect(unknown).toMatchObject({
      exit: 125,
      err: expect.stringContaining('Name one of these: bubblewrap.'),
    })
    expect(JSON.parse((await exec('--json', '-w', '/no/such', '--', 'true')).out)).toMatchObject({
      error: { code: 'invalid_input', message: 'There is no directory at /no/such.' },
    })
    for (const wrong of ['memory', 'memory=0', 'mind=1', 'seconds=-1', 'memory=1x'])
      expect(await exec('--limit', wrong, '--', 'true')).toMatchObject({ exit: 2 })
    expect(await exec('--egress', 'everything', '--', 'true')).toMatchObject({ exit: 2 })
  })
})

test('output of a sandbox cannot move the cursor of a terminal', () => {
  const shown: string[] = []
  const raw = (bytes: Uint8Array) => void shown.push(Buffer.from(bytes).toString())
  const relay = new OutputRelay({ live: true, raw } as never, false)
  relay.push('stdout', Buffer.from('a\u001b[2Jb\r\n'))
  relay.push('stdout', Buffer.from([0xe2, 0x82]))
  relay.push('stdout', Buffer.from([0xac, 0x0a]))
  relay.end()
  expect(shown.join('')).toBe('a\\x1b[2Jb\n€\n')
})

describe('airlock lab', () => {
  test('attacks the sandboxes of this host for real', async () => {
    const { out, exit } = await desk.type('lab', '--only', '^(privileges|leaks)', '--driver', 'bubblewrap')
    expect(out).toMatch(/✓ stopped {2}privileges\.mount {2,}EPERM {2,}mount something/)
    expect(out).toMatch(/^bubblewrap: \d\d attacks stopped, 0 got through \(.* s\)$/m)
    expect(exit).toBe(0)
  })

  test('lists what it would try', async () => {
    const { out, exit } = await desk.type('lab', '--list', '--json', '--only', 'kernel.io-uring')
    expect(JSON.parse(out)).toEqual({
      cases: [
        {
          id: 'kernel.io-uring',
          group: 'kernel',
          tries: 'hand its requests to io_uring, past every filter',
          stops: 'seccomp answers that there is no such call',
        },
      ],
    })
    expect(exit).toBe(0)
    expect((await desk.type('lab', '--only', 'no such case')).exit).toBe(3)
    expect((await desk.type('lab', '--only', '(')).exit).toBe(2)
  })

  test.each([
    ['stopped', 0, '✓ stopped'],
    ['not_run', 0, '– not run'],
    ['unclear', 11, '? unclear'],
    ['got_through', 13, '✗ GOT THROUGH'],
  ] as const)('shows and counts an attack that is %s', async (status, exit, mark) => {
    const other = await aDesk()
    other.with({ sandbox: { ...realTools(), lab: async () => ok([reportWith(status)]) } })
    const shown = await other.type('lab')
    expect(shown).toMatchObject({ exit, out: expect.stringContaining(mark) })
    expect(JSON.parse((await other.type('lab', '--json')).out)).toEqual({ reports: [reportWith(status)] })
    await other.close()
  })

  test('ends with Ctrl-C, and the sandboxes with it', async () => {
    const typed = desk.type('lab', '--only', 'left.deaf|limits.time')
    await pause(1_000)
    desk.interrupt()
    expect(await typed).toEqual({ out: '', err: '', exit: 130 })
    expect(leftInScratch()).toEqual([])
  })

  test('refuses where there is no sandbox to attack', async () => {
    const other = await aDesk()
    const failure = { code: 'sandbox_unavailable', message: 'No sandbox here.' } as const
    other.with({ sandbox: { ...realTools(), lab: async () => refused(failure) } })
    expect(await other.type('lab')).toMatchObject({
      exit: 11,
      err: expect.stringContaining('No sandbox here.'),
    })
    await other.close()
  })
})

function reportWith(status: Verdict['status']) {
  const [{ id, group, tries, stops }] = LAB_CASES as [(typeof LAB_CASES)[number]]
  return reportOf('bubblewrap', [{ id, group, tries, stops, status, what: 'as told' }], 1)
}
