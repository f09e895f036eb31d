import { chmod, mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Failure } from '#kernel/failure.ts'
import type { SandboxDriver, SandboxSpec } from '#sandbox/driver.ts'
import type { FakeInside } from '#sandbox/fake/driver.ts'
import { runSpec, SMALL, specOf } from './sandbox-specs.ts'

/** A driver under test, and the directories of the host it may show. */
export interface Rig {
  readonly driver: SandboxDriver
  /** A new directory that the inside may write when it is mounted writable. */
  directory(): Promise<string>
  /** The root directory of an unpacked image with `sh`, `ls`, `cat` and `env`; see test/support/image-root.ts. */
  image(): Promise<string>
  close(): Promise<void>
}

/** What the fake plays for each script; a real driver runs the script itself. */
export const PLAYS: Record<string, (inside: FakeInside) => Promise<number> | number> = {
  'exit 42': () => 42,
  'echo one; echo two >&2; exit 3': ({ write }) => {
    write('stdout', 'one\n')
    write('stderr', 'two\n')
    return 3
  },
  cat: ({ spec, write }) => {
    write('stdout', Buffer.from(spec.input ?? []).toString('latin1'))
    return 0
  },
  'sleep 1000': ({ signal }) => new Promise((resolve) => signal.addEventListener('abort', () => resolve(0))),
  "printf '%0250d' 7": ({ write }) => {
    write('stdout', '7'.padStart(250, '0'))
    return 0
  },
  yes: async ({ signal, write }) => {
    while (!signal.aborted) write('stdout', 'y\n'.repeat(1000))
    return 0
  },
}

/** The promises of SandboxDriver. A title in `omissions` is left out, for the reason given there. */
export function sandboxDriverSuite(
  name: string,
  setUp: () => Promise<Rig>,
  omissions: Readonly<Record<string, string>> = {},
): void {
  describe(`the sandbox driver ${name}`, () => {
    let rig: Rig
    beforeAll(async () => {
      rig = await setUp()
    })
    afterAll(() => rig.close())

    const shell = async (script: string, more: Partial<SandboxSpec> = {}) =>
      runSpec(rig.driver, specOf(await rig.directory(), ['sh', '-c', script], more))
    const promise = (title: string, check: () => Promise<void>) =>
      title in omissions ? test.skip(`${title} (left out: ${omissions[title]})`) : test(title, check)

    promise('hands back the exit code of the command', async () => {
      expect((await shell('exit 42')).ending).toMatchObject({ cause: 'exited', exitCode: 42 })
    })

    promise('passes on both streams, each under its name', async () => {
      const { ending, ...said } = await shell('echo one; echo two >&2; exit 3')
      expect(said).toEqual({ stdout: 'one\n', stderr: 'two\n' })
      expect(ending).toMatchObject({ cause: 'exited', exitCode: 3, outputBytes: 8, outputCut: false })
    })

    promise('gives the input to the command and closes it', async () => {
      const input = Buffer.from('line\n'.repeat(50_000))
      expect((await shell('cat', { input })).stdout).toBe(input.toString())
    })

    promise('kills on demand, twice with the same ending', async () => {
      const spec = specOf(await rig.directory(), ['sh', '-c', 'sleep 1000'])
      const started = await rig.driver.start(spec)
      if (!started.ok) throw new Error(started.failure.message)
      const [one, two] = [started.value.kill(), started.value.kill()]
      expect(await one).toMatchObject({ cause: 'killed' })
      expect(await two).toEqual(await started.value.ended())
      expect(await started.value.kill()).toEqual(await one)
    })

    promise('a kill after the end changes nothing', async () => {
      const started = await rig.driver.start(specOf(await rig.directory(), ['sh', '-c', 'exit 42']))
      if (!started.ok) throw new Error(started.failure.message)
      const ending = await started.value.ended()
      expect(await started.value.kill()).toEqual(ending)
      expect(ending.cause).toBe('exited')
    })

    promise('kills at every moment of a start', async () => {
      const source = await rig.directory()
      for (let wait = 0; wait < 30; wait++) {
        const started = await rig.driver.start(specOf(source, ['sh', '-c', 'sleep 1000']))
        if (!started.ok) throw new Error(started.failure.message)
        await new Promise((resolve) => setTimeout(resolve, wait / 3))
        expect(await started.value.kill()).toMatchObject({ cause: 'killed' })
      }
    })

    promise('ends a command when its time is over, and the first cause stays', async () => {
      const limits = { ...SMALL, seconds: 0.2 }
      const started = await rig.driver.start(
        specOf(await rig.directory(), ['sh', '-c', 'sleep 1000'], { limits }),
      )
      if (!started.ok) throw new Error(started.failure.message)
      expect(await started.value.ended()).toMatchObject({ cause: 'timed_out' })
      expect(await started.value.kill()).toMatchObject({ cause: 'timed_out' })
    })

    promise('cuts output at its limit and counts the rest', async () => {
      const { ending, stdout } = await shell("printf '%0250d' 7", { limits: { ...SMALL, outputBytes: 100 } })
      expect(stdout).toBe('0'.repeat(100))
      expect(ending).toMatchObject({ cause: 'exited', exitCode: 0, outputBytes: 250, outputCut: true })
    })

    promise('ends a command that does not stop talking', async () => {
      const { ending, stdout } = await shell('yes', { limits: { ...SMALL, outputBytes: 1000 } })
      expect(ending).toMatchObject({ cause: 'output_exhausted', outputCut: true })
      expect(stdout).toHaveLength(1000)
    })

    promise('says when the command could not be started', async () => {
      const ran = await runSpec(rig.driver, specOf(await rig.directory(), ['/no/such/command']))
      expect(ran.ending.cause).toBe('failed_to_start')
      expect(ran.ending.detail).toContain('/no/such/command')
    })

    promise('shows exactly the environment of the spec', async () => {
      const environment = { PATH: '/usr/bin:/bin', ODD: 'a=b\n"c" \u00e9' }
      const { stdout } = await shell('env -0', { environment })
      const shown = stdout
        .split('\0')
        .filter((entry) => entry !== '' && !/^(PWD|SHLVL|_|OLDPWD)=/.test(entry))
      const latin1 = Buffer.from(environment.ODD).toString('latin1')
      expect(shown.sort()).toEqual([`ODD=${latin1}`, 'PATH=/usr/bin:/bin'])
    })

    promise('lets the command write the workspace when all of it is writable', async () => {
      const source = await rig.directory()
      await runSpec(rig.driver, specOf(source, ['sh', '-c', 'echo made > made.txt']))
      expect(await readFile(join(source, 'made.txt'), 'utf8')).toBe('made\n')
    })

    promise('keeps a workspace read-only', async () => {
      const { stderr, ending } = await shell('touch file', {
        workspace: { source: await rig.directory(), target: '/workspace', writable: 'none' },
      })
      expect(stderr).toContain('Read-only file system')
      expect(ending.exitCode).toBe(1)
    })

    promise('opens only the listed directories of a workspace', async () => {
      const source = await rig.directory()
      for (const name of ['src', 'docs', 'src/deep']) await mkdir(join(source, name), { mode: 0o777 })
      await openDirectories(source, ['src', 'docs'])
      const { stdout } = await shell(
        'for f in src/a docs/a a; do touch $f 2>/dev/null && echo $f; done; mv docs src/ 2>/dev/null && echo moved; true',
        { workspace: { source, target: '/workspace', writable: ['src'] } },
      )
      expect(stdout).toBe('src/a\n')
    })

    promise('shows mounts without letting them be written', async () => {
      const source = await rig.directory()
      await writeFile(join(source, 'tool'), 'hello')
      const { stdout, stderr } = await shell('cat /opt/tools/tool; echo x > /opt/tools/tool', {
        mounts: [{ source, target: '/opt/tools' }],
      })
      expect(stdout).toBe('hello')
      expect(stderr).toContain('Read-only file system')
    })

    promise('shows the programs of an image instead of those of the host', async () => {
      const imageRoot = await rig.image()
      const source = await rig.directory()
      await writeFile(join(source, 'tool'), 'hello')
      const script = 'ls /usr/bin /opt /data; cat /etc/motd /opt/mounted/tool; cat /etc/hostname; exit 7'
      const mounts = [{ source, target: '/opt/mounted' }]
      expect(await shell(script, { imageRoot, mounts })).toMatchObject({
        ending: { cause: 'exited', exitCode: 7 },
        stdout: '/data:\n\n/opt:\nmounted\ntool\n\n/usr/bin:\ncat\nenv\nls\nsh\nof the image\nhelloairlock\n',
      })
    })

    promise('lets nothing of an image be written', async () => {
      const imageRoot = await rig.image()
      const script =
        'for f in /usr/x /usr/bin/sh /etc/x /etc/passwd /opt/tool/x /data/x /var/lib/tool/x /x; do (: > $f) && echo $f; done 2>&1 | cat'
      const { stdout } = await shell(script, { imageRoot })
      expect(stdout.match(/Read-only file system/g)).toHaveLength(8)
      expect((await shell('exit 42')).ending.exitCode).toBe(42)
    })

    promise('refuses values and paths that could change the profile', async () => {
      const source = await rig.directory()
      await mkdir(join(source, 'real'))
      await symlink('/etc', join(source, 'link'))
      await symlink('real', join(source, 'inner'))
      const writable = (...list: string[]) => ({
        workspace: { source, target: '/workspace' as const, writable: list },
      })
      const wrong: Partial<SandboxSpec>[] = [
        { environment: { A: 'x\0--bind\0/\0/host' } },
        { command: ['true', 'a\0b'] },
        { phase: 'check', socketDirectory: source },
        { environment: { 'A B': 'x' } },
        { id: '../x' },
        writable('link'),
        writable('inner'),
        writable('real/../link'),
        writable('/etc'),
        writable(''),
        writable('missing'),
        { workspace: { source: join(source, 'link'), target: '/workspace', writable: 'all' } },
        { mounts: [{ source: '/etc', target: '/workspace/etc' }] },
        { mounts: [{ source: '/etc', target: '/opt/../etc' }] },
        { mounts: [{ source: '/etc', target: '/usr/bin' }] },
        { mounts: [{ source: 'etc', target: '/opt/etc' }] },
        { imageRoot: join(source, 'link') },
        { imageRoot: source },
        { imageRoot: '/' },
        { limits: { ...SMALL, seconds: Number.NaN } },
        { limits: { ...SMALL, memory: -1 } },
      ]
      const codes = await Promise.all(
        wrong.map(async (more) => {
          const started = await rig.driver.start(specOf(source, ['true'], more))
          return started.ok ? 'started' : started.failure.code
        }),
      )
      const invalid: Failure['code'][] = Array(5).fill('invalid_input')
      const unsafe: Failure['code'][] = Array(14).fill('unsafe_path')
      expect(codes).toEqual([...invalid, ...unsafe, 'invalid_input', 'invalid_input'])
    })

    promise('ends a sandbox whose memory ran out, and says so', async () => {
      const { ending } = await shell('head -c 400m /dev/zero | tail -c 390m | wc -c; sleep 5')
      expect(ending).toMatchObject({ cause: 'out_of_memory', enforcement: 'cgroup' })
    })

    promise('bounds the number of processes', async () => {
      const { stdout, stderr } = await shell(
        'i=0; while [ $i -lt 200 ]; do sleep 5 & i=$((i+1)); done 2>&1; echo $i',
        { limits: { ...SMALL, processes: 30 } },
      )
      expect(stdout + stderr).toMatch(/fork/)
    })

    promise('ends a sandbox that fills its workspace with bytes', async () => {
      const { ending } = await shell('head -c 40m /dev/zero > big; sleep 1000', {
        limits: { ...SMALL, workspaceDisk: 10 * 1024 * 1024 },
      })
      expect(ending).toMatchObject({ cause: 'disk_exhausted' })
    })

    promise('ends a sandbox that fills its workspace with files', async () => {
      const { ending } = await shell('seq 3000 | xargs touch; sleep 1000', {
        limits: { ...SMALL, workspaceFiles: 1000 },
      })
      expect(ending).toMatchObject({ cause: 'disk_exhausted' })
    })

    promise('keeps many sandboxes apart at the same time', async () => {
      const names = Array.from({ length: 8 }, (_, index) => `number ${index}`)
      const ran = await Promise.all(names.map((name) => shell(`echo ${name}; ls -a /workspace`)))
      expect(ran.map(({ stdout }) => stdout)).toEqual(names.map((name) => `${name}\n.\n..\n`))
    })

    promise('sweeps nothing that still runs', async () => {
      const started = await rig.driver.start(specOf(await rig.directory(), ['sh', '-c', 'sleep 1000']))
      if (!started.ok) throw new Error(started.failure.message)
      expect(await rig.driver.sweep()).toEqual([])
      expect(await started.value.kill()).toMatchObject({ cause: 'killed' })
    })
  })
}

/** Lets the account of the sandbox write: the directories of a rig belong to it, what a test adds does not. */
async function openDirectories(root: string, names: readonly string[]): Promise<void> {
  for (const name of names) await chmod(join(root, name), 0o777)
}
