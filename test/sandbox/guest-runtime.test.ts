import { randomBytes } from 'node:crypto'
import { chmod, constants, cp, mkdir, readdir, rename, stat, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { compileGuest } from '#sandbox/compiled-guest.ts'
import { sandboxEnvironment } from '#sandbox/environment.ts'
import { type GuestRuntime, stageGuestRuntime } from '#sandbox/guest-runtime.ts'
import { DEFAULT_LIMITS } from '#sandbox/limits.ts'
import { packageClosure } from '#sandbox/package-closure.ts'
import { runSpec, SMALL, specOf } from '#test/port-suites/sandbox-specs.ts'
import { type BubblewrapRig, bubblewrapRig, HOST_USER } from './bubblewrap-rig.ts'

const ROOT = resolve(import.meta.dirname, '../..')

let rig: BubblewrapRig
let runtime: GuestRuntime
beforeAll(async () => {
  rig = await bubblewrapRig()
  runtime = await stage()
})
afterAll(() => rig.close())

const stage = () =>
  stageGuestRuntime({ root: ROOT, runtimeDirectory: rig.options.runtimeDirectory, node: process.execPath })

const inside = async (command: readonly [string, ...string[]], more = {}) =>
  runSpec(
    rig.driver,
    specOf(await rig.directory(), command, {
      mounts: runtime.mounts,
      environment: sandboxEnvironment('run'),
      limits: { ...SMALL, memory: 1024 * 1024 * 1024, processes: 200 },
      ...more,
    }),
  )

test('the second staging finds everything in place', async () => {
  const before = await readdir(rig.options.runtimeDirectory)
  expect(await stage()).toEqual(runtime)
  expect(await readdir(rig.options.runtimeDirectory)).toEqual(before)
  expect(before.filter((name) => name.startsWith('.'))).toEqual([])
})

test('nothing staged can be written by anybody else, and everybody can read it', async () => {
  const wrong: string[] = []
  for (const { source } of runtime.mounts)
    for (const entry of await readdir(source, { withFileTypes: true, recursive: true })) {
      const path = join(entry.parentPath, entry.name)
      const { mode } = await stat(path)
      const [needed, forbidden] = entry.isDirectory() ? [0o555, 0o022] : [0o444, 0o222]
      if ((mode & forbidden) !== 0 || (mode & needed) !== needed) wrong.push(path)
    }
  expect(wrong).toEqual([])
})

test('the Node inside is the one of the server and the last one on the path', async () => {
  const { stdout } = await inside([runtime.node, '-p', 'process.version'])
  expect(stdout.trim()).toBe(process.version)
  expect(sandboxEnvironment('check').PATH?.split(':').at(-1)).toBe('/opt/airlock/node/bin')
})

test('programs inside find the rooms and packages they need, and can start threads of the parser', async () => {
  const program = `
    import { canonicalJson } from '#kernel/canonical-json.ts'
    import { parse } from '@ast-grep/napi'
    import { generateText } from 'ai'
    import { createAnthropic } from '@ai-sdk/anthropic'
    import { createOpenAI } from '@ai-sdk/openai'
    import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
    import { parse as parseShell } from 'unbash'
    import picomatch from 'picomatch'
    import { z } from 'zod'
    import YAML from 'yaml'
    const found = parse('JavaScript', 'let a = 1').root().find('let $A = $B')?.getMatch('A')?.text()
    const kinds = [generateText, createAnthropic, createOpenAI, createOpenAICompatible, parseShell, picomatch].map((one) => typeof one)
    console.log(canonicalJson({ found, kinds: [...new Set(kinds)], number: z.int().parse(3), yaml: YAML.parse('a: 1') }))
  `
  const guest = runtime.mounts.find(({ target }) => target === runtime.guest)?.source ?? ''
  const copy = join(rig.root, 'guest-with-program')
  await cp(guest, copy, { recursive: true, mode: constants.COPYFILE_FICLONE })
  await writeFile(join(copy, 'src', 'program.ts'), program)
  const { stdout, stderr } = await inside([runtime.node, '/opt/airlock/guest/src/program.ts'], {
    mounts: [
      ...runtime.mounts.filter(({ target }) => target !== runtime.guest),
      { source: copy, target: runtime.guest },
    ],
  })
  expect(stderr).toBe('')
  expect(JSON.parse(stdout)).toEqual({ found: 'a', kinds: ['function'], number: 3, yaml: { a: 1 } })
})

test('the relay opens the doors there are, hands on the exit code and leaves the output alone', async () => {
  const sockets = await rig.directory()
  const server = await answering(join(sockets, 'model.sock'))
  const relay = [runtime.node, `${runtime.guest}/src/sandbox/guest/with-relay.ts`, '--'] as const
  const script = `
    const answer = await fetch('http://127.0.0.1:4010/v1/x', { method: 'POST', body: 'a'.repeat(1_000_000) })
    console.log(answer.status, await answer.text())
    const closed = await fetch('http://127.0.0.1:3128/').catch((error) => error.cause.code)
    console.log(closed)
    process.exit(9)
  `
  const { stdout, stderr, ending } = await inside(
    [...relay, runtime.node, '--input-type=module', '-e', script],
    {
      phase: 'run',
      socketDirectory: sockets,
    },
  )
  server.close()
  expect({ stdout, stderr }).toEqual({ stdout: '200 POST /v1/x 1000000\nECONNREFUSED\n', stderr: '' })
  expect(ending).toMatchObject({ cause: 'exited', exitCode: 9 })
})

test('the relay tells a missing command, a missing separator and a signal apart', async () => {
  const relay = [runtime.node, `${runtime.guest}/src/sandbox/guest/with-relay.ts`] as const
  const codes = [
    await inside([...relay, '--', '/no/such']),
    await inside([...relay, 'true']),
    await inside([...relay, '--', 'sh', '-c', 'kill -TERM $$']),
  ].map(({ ending }) => ending.exitCode)
  expect(codes).toEqual([127, 64, 143])
})

test('the closure of packages follows nested directories and leaves out what is not installed', async () => {
  const root = await rig.directory()
  const packages: Record<string, object> = {
    a: { version: '1.0.0', dependencies: { b: '2' }, optionalDependencies: { absent: '1' } },
    'a/node_modules/b': { version: '2.0.0', dependencies: { c: '1' } },
    b: { version: '1.0.0' },
    c: { version: '1.0.0', dependencies: { a: '1' }, peerDependencies: { unneeded: '1' } },
  }
  for (const [path, manifest] of Object.entries(packages)) {
    await mkdir(join(root, 'node_modules', path), { recursive: true })
    await writeFile(join(root, 'node_modules', path, 'package.json'), JSON.stringify(manifest))
  }
  expect(await packageClosure(root, ['a'])).toEqual([
    { path: 'node_modules/a', version: '1.0.0' },
    { path: 'node_modules/a/node_modules/b', version: '2.0.0' },
    { path: 'node_modules/c', version: '1.0.0' },
  ])
  await rename(join(root, 'node_modules', 'c'), join(root, 'node_modules', 'gone'))
  await expect(packageClosure(root, ['a'])).rejects.toThrow('package c is not installed')
})

test('the check phase names no proxy, the others name it in both cases', () => {
  const proxies = (phase: 'prepare' | 'run' | 'check') =>
    Object.keys(sandboxEnvironment(phase)).filter((name) => /proxy/i.test(name))
  const names = [
    'HTTP_PROXY',
    'HTTPS_PROXY',
    'http_proxy',
    'https_proxy',
    'NO_PROXY',
    'no_proxy',
    'NODE_USE_ENV_PROXY',
    'YARN_HTTP_PROXY',
    'YARN_HTTPS_PROXY',
  ]
  expect([proxies('prepare'), proxies('run'), proxies('check')]).toEqual([names, names, []])
  const trust = (phase: 'prepare' | 'run' | 'check') => 'NODE_EXTRA_CA_CERTS' in sandboxEnvironment(phase)
  expect([trust('run'), trust('check')]).toEqual([false, false])
  expect(sandboxEnvironment('check', { CI: '0', EXTRA: 'x' })).toMatchObject({
    CI: '0',
    EXTRA: 'x',
    HOME: '/home/agent',
  })
})

async function answering(path: string): Promise<Server> {
  const server = createServer(async (request, response) => {
    let bytes = 0
    for await (const chunk of request) bytes += chunk.length
    response.end(`${request.method} ${request.url} ${bytes}`)
  })
  await new Promise<void>((done) => server.listen(path, done))
  await chmod(path, 0o666)
  return server
}

test('programs that are compiled ahead find their code, and nothing they run is told of it', async () => {
  const options = {
    programs: ['src/agents/builtin/main.ts'],
    runtimeDirectory: rig.options.runtimeDirectory,
    scratchDirectory: rig.options.scratchDirectory,
    ...(HOST_USER === undefined ? {} : { owner: HOST_USER }),
    limits: DEFAULT_LIMITS,
    random: (size: number) => randomBytes(size),
  }
  const compiled = await compileGuest(rig.driver, runtime, options)
  expect(await compileGuest(rig.driver, runtime, options)).toEqual(compiled)
  const withRelay = `${compiled.guest}/src/sandbox/guest/with-relay.ts`
  const more = {
    mounts: compiled.mounts,
    environment: { ...sandboxEnvironment('run', compiled.environment), NODE_DEBUG_NATIVE: 'COMPILE_CACHE' },
    limits: DEFAULT_LIMITS,
  }
  const program = await inside(
    [compiled.node, withRelay, '--', compiled.node, `${compiled.guest}/src/agents/builtin/main.ts`],
    more,
  )
  expect(program.stderr).toMatch(/main\.ts.* was accepted/)
  expect(program.stderr).not.toContain('rejected')
  const shell = await inside([compiled.node, withRelay, '--', '/bin/sh', '-c', 'env'], more)
  expect(shell.stdout).toContain('HOME=')
  expect(shell.stdout).not.toContain('NODE_COMPILE_CACHE')
  expect((await readdir(rig.options.scratchDirectory)).filter((name) => name.startsWith('compile-'))).toEqual(
    [],
  )
})
