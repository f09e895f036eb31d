import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, readlink, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { keeps, readLock } from '#agents/package-lock.ts'
import { folderOf, PackageShelf } from '#agents/package-shelf.ts'
import { AGENT_PACKAGES, type AgentPackage, shippedLock } from '#agents/packages.ts'
import { installPackage } from '#compose/agent-install.ts'
import { readConfig } from '#compose/config.ts'
import { openToolbox } from '#compose/toolbox.ts'
import { registryNetworks, registryObstacle } from '#test/support/npm-project.ts'

const ROOT = resolve(import.meta.dirname, '../..')
const obstacle = await registryObstacle()

let home: string
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'airlock-agents-'))
})
afterEach(() => rm(home, { recursive: true, force: true }))

describe('the lock files that come with Airlock', () => {
  it.each(AGENT_PACKAGES)('fix every package of $name $version by its SHA-512', async (known) => {
    const packages = readLock(await shippedLock(known))
    expect(packages?.get(`node_modules/${known.npm}`)?.version).toBe(known.version)
    expect(keeps(packages, packages ?? new Map())).toBe(true)
  })

  it('are kept by more, and by nothing else', () => {
    const lock = (packages: object) => readLock(JSON.stringify({ lockfileVersion: 3, packages }))
    const one = { version: '1.0.0', integrity: `sha512-${'A'.repeat(86)}==` }
    const other = { version: '1.0.0', integrity: `sha512-${'B'.repeat(86)}==` }
    const shipped = lock({ '': {}, 'node_modules/a': one })
    const kept = [{ a: one }, { a: one, b: other }, { a: other }, { b: one }, {}].map((found) =>
      keeps(
        shipped,
        lock(
          Object.fromEntries(Object.entries(found).map(([name, entry]) => [`node_modules/${name}`, entry])),
        ) ?? new Map(),
      ),
    )
    expect(kept).toEqual([true, true, false, false, false])
    for (const bad of [
      { version: '1.0.0' },
      { ...one, link: true },
      { ...one, integrity: 'sha1-xyz' },
      { integrity: one.integrity },
    ])
      expect(lock({ 'node_modules/a': bad })).toBeUndefined()
  })

  it('are read without throwing, whatever stands there', () => {
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.string({ unit: 'binary' })), (text) => {
        expect(readLock(text) ?? new Map()).toBeInstanceOf(Map)
      }),
    )
  })
})

describe('the shelf of installed agents', () => {
  const entry = (version: string) => ({
    name: 'codex',
    version,
    digest: `sha256:${version.replaceAll('.', '').padEnd(64, '0')}`,
    installedAt: '2026-01-01T00:00:00.000Z',
  })

  it('pins the first version of an agent, and another one only when it is told to', async () => {
    const shelf = new PackageShelf(home)
    for (const version of ['1.0.0', '2.0.0', '3.0.0']) await mkdir(join(home, folderOf(entry(version))))
    await shelf.add(entry('1.0.0'), { pin: false })
    await shelf.add(entry('2.0.0'), { pin: false })
    expect((await shelf.find('codex'))?.version).toBe('1.0.0')
    expect((await shelf.find('codex', '2.0.0'))?.directory).toBe(join(home, folderOf(entry('2.0.0'))))
    await shelf.add(entry('3.0.0'), { pin: true })
    expect((await shelf.find('codex'))?.version).toBe('3.0.0')
    expect(await shelf.remove('codex', '3.0.0')).toEqual([join(home, folderOf(entry('3.0.0')))])
    expect(await shelf.find('codex')).toBeUndefined()
    expect(await shelf.find('codex', '9.9.9')).toBeUndefined()
    expect(await shelf.remove('codex')).toHaveLength(2)
  })

  it('does not find what is no longer there, and does not guess at a file it cannot read', async () => {
    const shelf = new PackageShelf(home)
    await shelf.add(entry('1.0.0'), { pin: true })
    expect(await shelf.find('codex')).toBeUndefined()
    await writeFile(join(home, 'installed.json'), '{"version":2}', { mode: 0o600 })
    await expect(shelf.find('codex')).rejects.toThrow('does not list agents')
  })
})

describe.skipIf(obstacle !== undefined)(
  `packages from npm${obstacle === undefined ? '' : `: ${obstacle}`}`,
  () => {
    /** Small, without dependencies, and for the purpose of this test an agent. */
    const known: AgentPackage = {
      ...{ name: 'is-number', npm: 'is-number', version: '7.0.0', folder: '', support: 'tried' },
      programs: ['nowhere/program', 'is-number/index.js'],
    }
    const RIGHT =
      'sha512-41Cifkg6e8TylSpdtTpeLVMqvSBEVzTttHvERD741+pnZ8ANv0004MRL43QKPDlK9cGvNp6NZWZUBlbGXYxxng=='
    const lockWith = (integrity: string) =>
      JSON.stringify({
        ...{ name: 'is-number', lockfileVersion: 3, requires: true },
        packages: {
          '': { dependencies: { 'is-number': '7.0.0' } },
          'node_modules/is-number': { version: '7.0.0', integrity },
        },
      })

    async function install(shipped: string | undefined, programs = known.programs, version = '7.0.0') {
      await writeFile(
        join(home, 'network.json'),
        JSON.stringify({ registryNetworks: await registryNetworks() }),
      )
      const toolbox = await openToolbox(readConfig({ AIRLOCK_HOME: home }), ROOT)
      const request = { known: { ...known, programs }, version, pin: false, shipped }
      return installPackage(toolbox, { ...request, signal: new AbortController().signal })
    }

    it('are kept read-only beside their lock file, with a link to their program', async () => {
      const installed = await install(lockWith(RIGHT))
      if (!installed.ok) throw new Error(installed.failure.message)
      const { directory } = installed.value
      expect(await readlink(join(directory, 'program'))).toBe('node_modules/is-number/index.js')
      expect((await stat(join(directory, 'node_modules/is-number/index.js'))).mode & 0o777).toBe(0o444)
      expect((await stat(directory)).uid).toBe(process.getuid?.())
      expect(await readFile(join(directory, 'package-lock.json'), 'utf8')).toContain(RIGHT)
      expect(await install(lockWith(RIGHT))).toEqual(installed)
      expect(await install(undefined, known.programs, 'latest')).toEqual(installed)
    })

    it('of the known version are held to the shipped lock, whatever tag led there', async () => {
      const wrong = lockWith(RIGHT.replace('41C', '41D'))
      expect(await install(wrong, known.programs, 'latest')).toMatchObject({
        failure: { code: 'verification_failed', rule: 'agent.integrity' },
      })
      expect(await new PackageShelf(join(home, 'agents')).list()).toEqual([])
    })

    it('are refused when a single bit is not what the shipped lock says, or no program is in them', async () => {
      expect(await install(lockWith(RIGHT.replace('41C', '41D')))).toMatchObject({
        failure: { code: 'setup_failed', rule: 'agent.fetch' },
      })
      expect(await install(undefined, ['nowhere'])).toMatchObject({ failure: { rule: 'agent.program' } })
      expect(await new PackageShelf(join(home, 'agents')).list()).toEqual([])
    })
  },
)

describe('airlock agents', () => {
  const airlock = (...words: string[]) =>
    new Promise<{ code: unknown; out: string }>((done) =>
      execFile(
        process.execPath,
        [join(ROOT, 'src/main.ts'), 'agents', ...words],
        { env: { PATH: process.env.PATH, HOME: home, AIRLOCK_HOME: home } },
        (error, stdout, stderr) => done({ code: error?.code ?? 0, out: stdout + stderr }),
      ),
    )

  it('lists who can be asked, and says what is missing', async () => {
    const listed = await airlock('--json')
    const { items } = JSON.parse(listed.out)
    expect(items.map(({ name, pinned = 'none' }: Record<string, string>) => [name, pinned])).toEqual(
      ['builtin', 'claude-code', 'codex', 'gemini', 'opencode', 'acp:claude-agent-acp'].map((name) => [
        name,
        'none',
      ]),
    )
    expect((await airlock()).out).toMatch(/codex +not installed +0\.169\.0 +tested +openai-responses/)
  })

  it('refuses what it does not know, and what is no version', async () => {
    expect(await airlock('install', 'devin')).toMatchObject({
      code: 10,
      out: expect.stringContaining('Use one of: claude-code, codex,'),
    })
    for (const version of ['file:..', '../x', 'git+ssh://x', '^1.0.0', ''])
      expect(await airlock('install', `codex@${version}`)).toMatchObject({ code: 2 })
    expect(await airlock('remove', 'codex')).toMatchObject({ code: 3 })
  })
})
