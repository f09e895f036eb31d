import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { chmod, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { text } from 'node:stream/consumers'
import { stripVTControlCharacters } from 'node:util'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { DEMO_REFUSALS } from '#demo/demo-script.ts'

const ROOT = resolve(import.meta.dirname, '../..')
const MAIN = join(ROOT, 'src/main.ts')
const LONG = 240_000
const ENTER = '\r'
const DOWN = '\u001b[B'

/** Everything the demo makes is below this directory. */
let place: string

beforeEach(async () => {
  place = await mkdtemp(join(tmpdir(), 'airlock-demo-test-'))
  await chmod(place, 0o711)
})

afterEach(() => rm(place, { recursive: true, force: true }))

it(
  'runs unattended: five refusals, an approval, a proof that holds and one that fails',
  async () => {
    const { exit, shown } = await ended(demo())
    expect(shown).toMatch(/\$ airlock approve 1 \\\n {4}--digest sha256:[0-9a-f]{64} --yes\n✓ Published\./)
    expect(shown.match(/(?<= REFUSED {2}).*/g)).toEqual([...DEMO_REFUSALS])
    expect(shown).toContain('AIRLOCK_HOME=')
    expect(shown).toMatch(/^Author: (.+)$/m)
    expect(verdicts(shown)).toEqual([
      'VERIFIED: COMMIT is exactly what was approved.',
      'NOT VERIFIED: COMMIT (patch)',
      'VERIFIED: the log',
    ])
    expect(shown).not.toContain('not as promised')
    expect(exit).toBe(0)
    await expectNothingLeft(shown)
  },
  LONG,
)

it(
  'is approved by keyboard at a terminal',
  async () => {
    const { exit, shown } = await atKeyboard([
      ['What now?', ENTER],
      ['Math.abs(amount)', DOWN],
      ['● Approve', ENTER],
      ['Let exactly', ENTER],
    ])
    expect(shown).toContain('-  return Math.floor(amount + 0.5)')
    expect(verdicts(shown)).toHaveLength(3)
    expect(shown).not.toContain('not as promised')
    expect(exit).toBe(0)
    await expectNothingLeft(shown)
  },
  LONG,
)

it(
  'leaves nothing when its terminal is closed while it asks',
  async () => {
    const { shown } = await atKeyboard([['What now?', null]])
    expect(shown).toContain('5 attacks, 5 refusals')
    await expectNothingLeft(shown)
  },
  LONG,
)

it(
  'leaves nothing when it is interrupted while the agent works',
  async () => {
    const child = demo()
    child.stdout?.on('data', (chunk: Buffer) => {
      if (chunk.toString().includes('running')) child.kill('SIGINT')
    })
    const { exit, shown } = await ended(child)
    expect(shown).toContain('Interrupted.')
    expect(shown).not.toContain('Published')
    expect(exit).toBe(130)
    await expectNothingLeft(shown)
  },
  LONG,
)

it('wants a key before it makes anything for a real model', async () => {
  const { exit, shown } = await ended(demo('--model', 'anthropic'))
  expect(shown).toContain('Set ANTHROPIC_API_KEY')
  expect(exit).toBe(10)
  expect(await readdir(place)).toEqual([])
})

function demo(...options: readonly string[]): ChildProcess {
  return spawn(process.execPath, [MAIN, 'demo', ...options], { env: environment(), stdio: PIPES })
}

function atKeyboard(steps: readonly (readonly [string, string | null])[]): Promise<Ended> {
  const python = [join(import.meta.dirname, 'keyboard.py'), JSON.stringify(steps), process.execPath, MAIN]
  return ended(spawn('python3', [...python, 'demo'], { env: environment(), stdio: PIPES }))
}

const PIPES: ['ignore', 'pipe', 'pipe'] = ['ignore', 'pipe', 'pipe']

function environment(): NodeJS.ProcessEnv {
  return { PATH: process.env.PATH, HOME: place, USER: 'jo', TERM: 'xterm-256color', TMPDIR: place }
}

interface Ended {
  readonly exit: number | null
  readonly shown: string
}

async function ended(child: ChildProcess): Promise<Ended> {
  if (child.stdout === null || child.stderr === null) throw new Error('it has no pipes')
  const exit = new Promise<number | null>((settle) => child.once('close', settle))
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)])
  return { exit: await exit, shown: stripVTControlCharacters(out + err).replaceAll('\r\n', '\n') }
}

function verdicts(shown: string): readonly string[] {
  return [...shown.matchAll(/^(?:NOT )?VERIFIED: .*$/gm)].map(([line]) =>
    line.replace(/\b[0-9a-f]{12}\b/, 'COMMIT').replace(/airlock-\S+$/, 'the log'),
  )
}

async function expectNothingLeft(shown: string): Promise<void> {
  const [, root = ''] = /happens in (\S+),/.exec(shown) ?? []
  expect(root.startsWith(place)).toBe(true)
  const [, named = ''] = /^✓ Removed: the server and its database, (.*)$/m.exec(shown) ?? []
  expect({
    files: await readdir(place),
    named: named.split(', ').filter((path) => existsSync(path)),
    mounts: readFileSync('/proc/self/mounts', 'utf8')
      .split('\n')
      .filter((line) => line.includes(root)),
    processes: readdirSync('/proc').filter((id) => /^\d+$/.test(id) && isOf(id, root)),
  }).toEqual({ files: [], named: [], mounts: [], processes: [] })
}

function isOf(process: string, root: string): boolean {
  try {
    const told = readFileSync(`/proc/${process}/environ`, 'latin1')
    return told.includes(root) || readlinkSync(`/proc/${process}/cwd`).startsWith(root)
  } catch {
    return false
  }
}
