import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { commitId, evidenceNote, isDirty, rootOf } from '#forge/git/local-repository.ts'
import { runGit } from '#forge/git/run-git.ts'
import { type GitFixture, gitFixture, plainGit, temporaryDirectory } from '#test/support/git-fixture.ts'

const MISSING = '1234567890123456789012345678901234567890'

/** What must stay absent: each trap would make it. */
function tripwire(): { readonly path: string; readonly command: string } {
  const path = join(temporaryDirectory(), 'executed')
  return { path, command: `touch ${path}; cat` }
}

describe('uncommitted changes of the repository around a person', () => {
  test('are seen in the working tree and in the index, and untracked files are none', async () => {
    const repository = gitFixture()
    repository.write('a.txt', 'a\n')
    repository.commit()
    const seen = [await isDirty(repository.directory)]
    repository.write('new.txt', 'new\n')
    seen.push(await isDirty(repository.directory))
    repository.write('a.txt', 'b\n')
    seen.push(await isDirty(repository.directory))
    repository.git('add', 'a.txt')
    seen.push(await isDirty(repository.directory))
    expect(seen).toEqual([false, false, true, true])
  })

  test('that touch nothing but the time of a file are none', async () => {
    const repository = gitFixture()
    repository.write('a.txt', 'a\n')
    repository.commit()
    repository.write('a.txt', 'a\n')
    expect(await isDirty(repository.directory)).toBe(false)
  })

  test('are looked for without its filters, monitors and submodules', async () => {
    const { path, command } = tripwire()
    const repository = gitFixture()
    repository.write('a.txt', 'a\n')
    repository.write('.gitattributes', '*.txt filter=trap\n')
    mkdirSync(join(repository.directory, 'inner'))
    plainGit(join(repository.directory, 'inner'), 'init', '-q')
    plainGit(join(repository.directory, 'inner'), 'commit', '-q', '--allow-empty', '-m', 'inner')
    repository.commit()
    plainGit(join(repository.directory, 'inner'), 'config', 'core.fsmonitor', command)
    for (const key of ['filter.trap.clean', 'filter.trap.process', 'core.fsmonitor'])
      repository.git('config', key, command)
    repository.write('a.txt', 'b\n')

    expect(await isDirty(repository.directory)).toBe(true)
    expect(existsSync(path)).toBe(false)
  })

  test('are looked for in a directory of a clone that passes for a repository, and nothing in it runs', async () => {
    const { path, command } = tripwire()
    const source = gitFixture()
    plantInnerRepository(source, command)
    source.git('add', '-A')
    source.git('commit', '-q', '-m', 'a trap')
    const clone = join(temporaryDirectory(), 'clone')
    plainGit('/', 'clone', '-q', source.directory, clone)
    const trap = join(clone, 'docs/trap')
    writeFileSync(join(trap, 'wt/a.txt'), 'b\n')

    const root = await rootOf(trap)
    expect(root).toBe(join(trap, 'wt')) // else this test proves nothing
    expect(await isDirty(root ?? '')).toBe(true)
    expect(existsSync(path)).toBe(false)
  })
})

test('an object that is missing is not fetched: a repository could name its own program for that', async () => {
  const { path, command } = tripwire()
  const repository = gitFixture()
  repository.commit()
  const promisor = gitFixture({ bare: true })
  for (const [key, value] of [
    ['core.repositoryformatversion', '1'],
    ['extensions.partialClone', 'trap'],
    ['remote.trap.promisor', 'true'],
    ['remote.trap.url', `file://${promisor.directory}`],
    ['remote.trap.uploadpack', `${command} >/dev/null; git-upload-pack`],
    ['protocol.file.allow', 'always'],
  ] as const)
    repository.git('config', key, value)

  expect((await commitId(repository.directory, MISSING)).ok).toBe(false)
  expect(await evidenceNote(repository.directory, MISSING)).toBeUndefined()
  // As a git that does not know GIT_NO_LAZY_FETCH.
  const environment = { GIT_NO_LAZY_FETCH: '0' }
  await runGit({ args: ['-C', repository.directory, 'cat-file', '-e', MISSING], environment })
  expect(existsSync(path)).toBe(false)
})

/** What a clone can bring along: a directory that git takes for a repository, with a working tree and filters. */
function plantInnerRepository(source: GitFixture, command: string): void {
  const trap = join(source.directory, 'docs/trap')
  mkdirSync(join(trap, 'wt'), { recursive: true })
  const inner = (...args: string[]) =>
    plainGit(trap, '-c', 'core.bare=false', `--git-dir=${trap}`, `--work-tree=${join(trap, 'wt')}`, ...args)
  plainGit(trap, 'init', '-q', '--bare', '--template=', '.')
  writeFileSync(join(trap, 'wt/a.txt'), 'a\n')
  writeFileSync(join(trap, 'wt/.gitattributes'), '*.txt filter=trap\n')
  inner('add', '-A')
  inner('commit', '-q', '-m', 'inner')
  writeFileSync(join(trap, 'refs/keep'), '')
  plainGit(trap, 'config', '--file', 'config', 'core.bare', 'false')
  plainGit(trap, 'config', '--file', 'config', 'core.worktree', 'wt')
  plainGit(trap, 'config', '--file', 'config', 'filter.trap.clean', command)
}
