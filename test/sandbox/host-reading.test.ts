import { execFileSync } from 'node:child_process'
import { chmod, chown, link, mkdir, mkdtemp, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { cgroupPlaces } from '#sandbox/bubblewrap/cgroup-places.ts'
import { diskUse } from '#sandbox/bubblewrap/disk-use.ts'
import { watchDisk } from '#sandbox/bubblewrap/disk-watch.ts'
import { hardLimits, rlimitOptions } from '#sandbox/bubblewrap/rlimits.ts'
import { readStatus } from '#sandbox/bubblewrap/status.ts'
import { DEFAULT_LIMITS } from '#sandbox/limits.ts'

describe('the places for cgroups', () => {
  const mount = (root: string, point: string, type: string, options: string) =>
    `30 24 0:26 ${root} ${point} rw,nosuid - ${type} ${type} rw,${options}`
  const hybrid = [
    mount('/', '/sys/fs/cgroup/memory', 'cgroup', 'memory'),
    mount('/', '/sys/fs/cgroup/pids', 'cgroup', 'pids'),
    mount('/', '/sys/fs/cgroup/cpu,cpuacct', 'cgroup', 'cpu,cpuacct'),
    mount('/', '/sys/fs/cgroup/unified', 'cgroup2', 'nsdelegate'),
  ].join('\n')

  test('are one directory per controller in version 1, also on a hybrid host', () => {
    expect(cgroupPlaces(hybrid, '4:memory:/a/b\n8:pids:/\n1:cpu,cpuacct:/c\n0::/\n')).toEqual({
      version: 1,
      memory: '/sys/fs/cgroup/memory/a/b',
      pids: '/sys/fs/cgroup/pids',
      cpu: '/sys/fs/cgroup/cpu,cpuacct/c',
    })
  })

  test('are below what a container shows of the hierarchy', () => {
    const mounts = [
      mount('/docker/1', '/sys/fs/cgroup/memory', 'cgroup', 'memory'),
      mount('/docker/1', '/sys/fs/cgroup/pids', 'cgroup', 'pids'),
    ].join('\n')
    expect(cgroupPlaces(mounts, '4:memory:/docker/1/x\n8:pids:/docker/1\n')).toEqual({
      version: 1,
      memory: '/sys/fs/cgroup/memory/x',
      pids: '/sys/fs/cgroup/pids',
    })
  })

  test('are the own cgroup and all above it in version 2', () => {
    const mounts = mount('/', '/sys/fs/cgroup', 'cgroup2', 'nsdelegate')
    expect(cgroupPlaces(mounts, '0::/system.slice/airlock.service/server\n')).toEqual({
      version: 2,
      candidates: [
        '/sys/fs/cgroup/system.slice/airlock.service/server',
        '/sys/fs/cgroup/system.slice/airlock.service',
        '/sys/fs/cgroup/system.slice',
        '/sys/fs/cgroup',
      ],
    })
  })

  test('do not exist where nothing is mounted', () => {
    expect(cgroupPlaces('', '')).toBeUndefined()
    expect(cgroupPlaces('garbage\n- -', '1:memory:/\nnonsense')).toBeUndefined()
  })
})

describe('the limits of a process', () => {
  const ceilings = hardLimits(
    [
      'Limit                     Soft Limit           Hard Limit           Units     ',
      'Max file size             unlimited            unlimited            bytes     ',
      'Max processes             100                  96365                processes ',
      'Max open files            1024                 2000                 files     ',
    ].join('\n'),
  )

  test('never exceed what this process may give', () => {
    const options = rlimitOptions(DEFAULT_LIMITS, ceilings, { cgroup: false, userProcesses: 0 })
    expect(options).toEqual(['--core=1', '--nofile=2000', `--fsize=${2 ** 31}`, `--memlock=${8 * 2 ** 20}`])
  })

  test('stand in for the cgroup where there is none', () => {
    const options = rlimitOptions(DEFAULT_LIMITS, ceilings, { cgroup: true, userProcesses: 10 })
    expect(options.slice(4)).toEqual(['--nproc=1034', `--data=${2 ** 32}`])
  })
})

describe('what bwrap says about itself', () => {
  test('is read as far as it is what it should be', () => {
    expect(readStatus('{ "child-pid": 12, "mnt-namespace": 1 }\n{ "exit-code": 42 }\n')).toEqual({
      firstProcess: 12,
      exitCode: 42,
    })
    expect(readStatus('{ "child-pid": 12 }\n')).toEqual({ firstProcess: 12 })
  })

  test('never throws, whatever the inside writes there', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 500 }), (text) => {
        expect(readStatus(text)).toBeTypeOf('object')
      }),
    )
  })
})

describe('what a workspace uses', () => {
  let root: string
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'airlock-disk-'))
  })
  // Node's own rm cannot remove what is deeper than a path can name.
  afterEach(() => execFileSync('rm', ['-rf', root]))
  const most = { bytes: 2 ** 30, files: 1000 }

  test('counts entries and blocks, links once, and follows none', async () => {
    await mkdir(join(root, 'a'))
    await writeFile(join(root, 'a', 'file'), Buffer.alloc(100_000, 1))
    await link(join(root, 'a', 'file'), join(root, 'again'))
    await symlink('/usr', join(root, 'host'))
    const use = await diskUse(root, most)
    expect(use).toMatchObject({ files: 4, complete: true })
    expect(use.bytes).toBeGreaterThanOrEqual(100_000)
    expect(use.bytes).toBeLessThan(150_000)
  })

  test('stops counting when a bound is passed', async () => {
    for (let index = 0; index < 30; index++) await writeFile(join(root, `${index}`), 'x')
    expect(await diskUse(root, { ...most, files: 20 })).toMatchObject({ files: 30, complete: false })
  })

  test.runIf(process.geteuid?.() === 0)('tells of what it could not see', async () => {
    await mkdir(join(root, 'closed'))
    await writeFile(join(root, 'closed', 'file'), Buffer.alloc(100_000, 1))
    await chmod(join(root, 'closed'), 0o300)
    await chown(join(root, 'closed'), 65_534, 65_534)
    await chmod(root, 0o755)
    expect(await diskUse(root, most)).toMatchObject({ files: 2, complete: true, unseen: false })
    process.seteuid?.(65_534)
    try {
      expect(await diskUse(root, most)).toMatchObject({ files: 1, complete: true, unseen: true })
    } finally {
      process.seteuid?.(0)
    }
  })

  test.runIf(process.geteuid?.() === 0)('a disk that fills where nobody can look is found', async () => {
    await mkdir(join(root, 'closed'))
    await chmod(join(root, 'closed'), 0o300)
    await chown(join(root, 'closed'), 65_534, 65_534)
    await chmod(root, 0o755)
    const over = new AbortController()
    const findings: string[] = []
    process.seteuid?.(65_534)
    try {
      void watchDisk({
        directory: root,
        limits: { workspaceDisk: 32 * 2 ** 20, workspaceFiles: 100_000 },
        stopwatch: () => performance.now() * 10, // counts are due the sooner
        signal: over.signal,
        processes: () => [],
        onExhausted: (detail) => findings.push(detail),
      })
      await pause(300)
      // Others may free some of the disk meanwhile.
      for (let part = 0; part < 6; part++)
        await writeFile(join(root, 'closed', `${part}`), Buffer.alloc(48 * 2 ** 20, 1))
      await expect.poll(() => findings, { timeout: 10_000 }).toEqual([expect.stringContaining('closed')])
    } finally {
      process.seteuid?.(0)
      over.abort()
    }
  })

  test('does not pretend to have measured a tree that is deeper than a path', async () => {
    process.chdir(root)
    try {
      for (let depth = 0; depth < 25; depth++) {
        await mkdir('d'.repeat(200))
        process.chdir('d'.repeat(200))
      }
    } finally {
      process.chdir('/')
    }
    expect(await diskUse(root, most)).toMatchObject({ complete: false })
  })
})
