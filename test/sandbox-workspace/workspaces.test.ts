import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test, vi } from 'vitest'
import { openTrustedRepository } from '#forge/git/trusted-repository.ts'
import { mountsBelow } from '#sandbox/workspace/overlay.ts'
import { createWorkspaces, type Workspaces } from '#sandbox/workspace/workspaces.ts'
import { gitFixture, plainGit } from '#test/support/git-fixture.ts'
import { importRig, OWNER, owners, random, root, runInside, workspacesIn } from './import-rig.ts'

const isRoot = process.geteuid?.() === 0
const DEEPER_THAN_A_PATH =
  "const { mkdirSync } = require('fs'); for (let i = 0; i < 120; i++) { mkdirSync('d'.repeat(60)); process.chdir('d'.repeat(60)) }"
const METHODS = isRoot ? (['overlay', 'copy'] as const) : (['copy'] as const)

async function filled(workspaces: Workspaces, key = 'key') {
  const pristine = await workspaces.pristine(key, async (directory) => {
    mkdirSync(join(directory, 'dir'))
    writeFileSync(join(directory, 'dir', 'file'), 'base\n')
    return true
  })
  if (pristine === undefined) throw new Error('not filled')
  return pristine
}

function everything(directory: string): string[] {
  return execFileSync('find', [join(directory, 'workspaces'), '-mindepth', '2'])
    .toString()
    .split('\n')
    .filter(Boolean)
}

describe.each(METHODS)('workspaces by %s', (method) => {
  test('are writable, apart from each other, and leave the base as it was', async () => {
    const workspaces = await workspacesIn(await root(), method)
    expect(workspaces.method).toBe(method)
    const pristine = await filled(workspaces)
    const one = await workspaces.copyOf(pristine)
    const other = await workspaces.copyOf(pristine)
    writeFileSync(join(one.path, 'dir', 'file'), 'changed\n')
    writeFileSync(join(one.path, 'new'), 'new\n')
    const third = await workspaces.copyOf(pristine)
    for (const { path } of [other, third])
      expect([readFileSync(join(path, 'dir', 'file'), 'utf8'), readdirSync(path)]).toEqual([
        'base\n',
        ['dir'],
      ])
    expect(owners(other.path)).toBe(String(OWNER?.uid ?? process.geteuid?.()))
  })

  test('promoting freezes what stands there, removals included, and the workspace is gone', async () => {
    const workspaces = await workspacesIn(await root(), method)
    const workspace = await workspaces.copyOf(await filled(workspaces))
    execFileSync('sh', ['-c', 'rm -r dir; mkdir dir; echo installed > dir/module; mkdir empty'], {
      cwd: workspace.path,
    })
    const prepared = await workspaces.promote(workspace, 'prepared')
    await workspaces.remove(workspace)
    expect(await workspaces.find('prepared')).toEqual(prepared)
    expect(await workspaces.find('missing')).toBeUndefined()
    const copy = await workspaces.copyOf(prepared)
    expect(
      execFileSync('find', ['.', '-mindepth', '1'], { cwd: copy.path }).toString().split('\n').sort(),
    ).toEqual(['', './dir', './dir/module', './empty'])
    execFileSync('mv', ['dir', 'moved'], { cwd: copy.path })
    const again = await workspaces.copyOf(await workspaces.promote(copy, 'prepared twice'))
    expect(readFileSync(join(again.path, 'moved', 'module'), 'utf8')).toBe('installed\n')
    await expect(workspaces.promote(copy, 'x')).rejects.toThrow('removed')
  })

  test('a base is made once, even when many ask at the same time, and not kept when filling gives up', async () => {
    const workspaces = await workspacesIn(await root(), method)
    let made = 0
    const fill = async () => {
      made += 1
      return true
    }
    const all = await Promise.all(Array.from({ length: 5 }, () => workspaces.pristine('k', fill)))
    expect([made, new Set(all).size]).toEqual([1, 1])
    expect(await workspaces.pristine('bad', async () => false)).toBeUndefined()
    expect(await workspaces.find('bad')).toBeUndefined()
    await expect(workspaces.pristine('throws', async () => Promise.reject(new Error('no')))).rejects.toThrow(
      'no',
    )
  })

  test('bases that nobody uses give way, those in use stay', async () => {
    const workspaces = await workspacesIn(await root(), method)
    const used = await filled(workspaces, 'used')
    const workspace = await workspaces.copyOf(used)
    for (let at = 0; at < 12; at += 1) await filled(workspaces, `other ${at}`)
    expect(await workspaces.find('used')).toEqual(used)
    expect(await workspaces.find('other 0')).toBeUndefined()
    expect(readFileSync(join(workspace.path, 'dir', 'file'), 'utf8')).toBe('base\n')
  })

  test('freezing again and again under one key keeps the last, and what is in use until it is not', async () => {
    const directory = await root()
    const workspaces = await workspacesIn(directory, method)
    const base = await filled(workspaces, 'base')
    const first = await workspaces.promote(await workspaces.copyOf(base), 'same')
    const inUse = await workspaces.copyOf(first)
    for (let at = 0; at < 5; at += 1) await workspaces.promote(await workspaces.copyOf(base), 'same')
    const kept = () => readdirSync(join(directory, 'workspaces/prepared')).length
    await vi.waitFor(() => expect(kept()).toBe(2))
    expect(readFileSync(join(inUse.path, 'dir', 'file'), 'utf8')).toBe('base\n')
    await workspaces.remove(inUse)
    await vi.waitFor(() => expect(kept()).toBe(1))
  })

  test('tasks that work at the same time find their bases again between two sandboxes', async () => {
    const workspaces = await workspacesIn(await root(), method)
    const task = async (name: string) => {
      const base = await filled(workspaces, `base ${name}`)
      const prepared = await workspaces.promote(await workspaces.copyOf(base), `prepared ${name}`)
      const patched = await workspaces.promote(await workspaces.copyOf(prepared), `patched ${name}`)
      for (let gate = 0; gate < 2; gate += 1) await workspaces.remove(await workspaces.copyOf(patched))
      return name
    }
    const names = ['a', 'b', 'c', 'd']
    expect(await Promise.all(names.map(task))).toEqual(names)
  })

  test('directories are made where they are missing, and never through a link', async () => {
    const workspaces = await workspacesIn(await root(), method)
    const workspace = await workspaces.copyOf(await filled(workspaces))
    symlinkSync('/tmp', join(workspace.path, 'link'))
    expect(await workspaces.ensureDirectories(workspace, ['dir', 'src/new'])).toBe(true)
    expect(statSync(join(workspace.path, 'src/new')).uid).toBe(OWNER?.uid ?? process.geteuid?.())
    for (const path of ['link/x', 'dir/file/x', '../x', '.git/x', ''])
      expect(await workspaces.ensureDirectories(workspace, [path]), path).toBe(false)
  })

  test('closing leaves nothing: no mount, no file, nor what was hostile to remove', async () => {
    const directory = await root()
    const workspaces = await workspacesIn(directory, method)
    const workspace = await workspaces.copyOf(await filled(workspaces))
    const locked = join(workspace.path, 'locked')
    mkdirSync(join(locked, 'inner'), { recursive: true })
    chmodSync(locked, 0)
    execFileSync(process.execPath, ['-e', DEEPER_THAN_A_PATH], { cwd: workspace.path })
    await workspaces.remove(workspace)
    await workspaces.remove(workspace)
    await workspaces.copyOf(await filled(workspaces, 'another'))
    await workspaces.close()
    expect([await mountsBelow(directory), everything(directory)]).toEqual([[], []])
  })

  test('a sweep removes what a former process left and keeps what this one uses', async () => {
    const directory = await root()
    const former = await workspacesIn(directory, method)
    await former.promote(await former.copyOf(await filled(former)), 'prepared')
    await former.copyOf(await filled(former))
    const next = await createWorkspaces({
      directory: join(directory, 'workspaces'),
      random,
      method,
      ...(OWNER === undefined ? {} : { owner: OWNER }),
    })
    expect((await next.sweep()).length).toBeGreaterThan(2)
    expect([await mountsBelow(directory), everything(directory)]).toEqual([[], []])
    const workspace = await next.copyOf(await filled(next))
    expect(await next.sweep()).toEqual([])
    expect(readFileSync(join(workspace.path, 'dir', 'file'), 'utf8')).toBe('base\n')
    await next.close()
  })
})

test('a checkout is a small repository of its own: clean status, one commit, nothing shared', async () => {
  const source = gitFixture()
  source.write('a.txt', 'a\n')
  source.commit('older')
  source.write('.gitattributes', '*.txt filter=evil ident eol=crlf export-subst\n')
  source.write('b.txt', '$Id$\n$Format:%H$\n')
  source.write('run.sh', 'x', 0o755)
  symlinkSync('/etc/passwd', join(source.directory, 'link'))
  source.write('üñí/ø', 'x')
  const commit = source.commit('base')
  const directory = await root()
  const repository = await openTrustedRepository(join(directory, 'trusted.git'))
  await repository.fetch({ url: source.directory })
  const target = join(directory, 'checkout')
  mkdirSync(target)
  expect(await repository.materialise(commit, target)).toEqual({ ok: true, value: undefined })
  expect([
    plainGit(target, 'rev-parse', 'HEAD'),
    plainGit(target, 'status', '--porcelain'),
    plainGit(target, 'log', '--format=%s'),
    plainGit(target, 'fsck', '--strict'),
    readFileSync(join(target, 'b.txt'), 'utf8'),
    existsSync(join(target, '.git/objects/info/alternates')),
  ]).toEqual([commit, '', 'base', '', '$Id$\n$Format:%H$\n', false])
  expect(execFileSync('find', [target, '-type', 'f', '-links', '+1']).toString()).toBe('')
  await expect(repository.materialise(commit, target)).rejects.toThrow('not empty')
})

test.runIf(isRoot)(
  'what an agent writes into attributes or device nodes cannot pass for notes of the overlay',
  async () => {
    const rig = await importRig((source) => {
      source.write('dir/kept', 'kept\n')
      source.write('file', 'file\n')
    })
    await runInside(
      rig.driver,
      rig.workspace,
      `python3 - <<'PY'
import os
for name in ('user.overlay.opaque', 'trusted.overlay.opaque', 'user.overlay.redirect', 'trusted.overlay.redirect'):
    for path in ('dir', 'file'):
        try: os.setxattr(path, name, b'y' if 'opaque' in name else b'/etc')
        except OSError: pass
try: os.mknod('whiteout', 0o020000, 0)
except OSError: pass
PY`,
    )
    const copy = await rig.workspaces.copyOf(await rig.workspaces.promote(rig.workspace, 'prepared'))
    expect([readdirSync(copy.path).sort(), readdirSync(join(copy.path, 'dir'))]).toEqual([
      ['.git', 'dir', 'file'],
      ['kept'],
    ])
  },
)
