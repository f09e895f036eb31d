import { execFileSync } from 'node:child_process'
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { BOUNDS } from '#contract/bounds.ts'
import { cleanTree, staysInside } from '#forge/clean-tree.ts'
import { enforceScope } from '#forge/enforce-scope.ts'
import { openTrustedRepository } from '#forge/git/trusted-repository.ts'
import { ignoreRulesOf, rooted } from '#forge/ignore-rules.ts'
import type { CleanedTree } from '#forge/undo-changes.ts'
import { withoutSetupChanges } from '#forge/without-setup-changes.ts'
import { compileScope } from '#guards/scope.ts'
import { type GitFixture, gitFixture, plainGit, temporaryDirectory } from '#test/support/git-fixture.ts'

/** Commits one state after the other and lends the trees. */
async function states(...makers: ((source: GitFixture) => void)[]) {
  const source = gitFixture()
  const commits = makers.map((make) => {
    make(source)
    return source.commit()
  })
  const repository = await openTrustedRepository(join(temporaryDirectory(), 'trusted.git'))
  await repository.fetch({ url: source.directory })
  const trees = await Promise.all(commits.map((commit) => repository.treeOf(commit)))
  const [base = '', tree = '', third = ''] = trees
  const changedPaths = async (cleaned: string) =>
    (await repository.changes(base, cleaned)).map((change) => change.path)
  return { source, repository, base, tree, third, commits, changedPaths }
}

function scope(include: string[], exclude: string[] = []) {
  const compiled = compileScope({ include, exclude })
  if (!compiled.ok) throw new Error(compiled.failure.message)
  return compiled.value
}

function rules(cleaned: CleanedTree): Record<string, string> {
  return Object.fromEntries(cleaned.undone.map(({ path, rule }) => [path, rule]))
}

describe('enforcing the scope', () => {
  test('undoes edits, additions, removals, modes and both sides of renames, and lists them', async () => {
    const { repository, base, tree, changedPaths } = await states(
      (r) => {
        for (const name of ['in/edit', 'out/edit', 'out/gone', 'out/mode', 'out/moved-in', 'in/moved-out'])
          r.write(name, `${name}\n`)
        r.write('airlock.yaml', 'version: 1\n')
      },
      (r) => {
        r.write('in/edit', 'edited\n')
        r.write('out/edit', 'edited\n')
        r.git('rm', '-q', 'out/gone')
        r.write('out/mode', 'out/mode\n', 0o755)
        r.git('mv', 'out/moved-in', 'in/moved-in')
        r.git('mv', 'in/moved-out', 'out/moved-out')
        r.write('in/new', 'new\n')
        r.write('out/new', 'new\n')
        r.write('airlock.yaml', 'version: 1\nsetup: [evil]\n')
      },
    )
    const cleaned = await enforceScope(repository, base, tree, scope(['in/**']))
    expect(rules(cleaned)).toEqual({
      'airlock.yaml': 'scope.protected',
      'out/edit': 'scope.write',
      'out/gone': 'scope.write',
      'out/mode': 'scope.write',
      'out/moved-in': 'scope.write',
      'out/moved-out': 'scope.write',
      'out/new': 'scope.write',
    })
    expect(await changedPaths(cleaned.tree)).toEqual(['in/edit', 'in/moved-in', 'in/moved-out', 'in/new'])
  })

  test('leaves a tree that keeps to the scope as it is', async () => {
    const { repository, base, tree } = await states(
      (r) => r.write('a', '1'),
      (r) => r.write('a', '2'),
    )
    expect(await enforceScope(repository, base, tree, scope(['**']))).toEqual({ tree, undone: [] })
  })

  test('a directory replaced by a file, or by a link, comes back whole and everything undone is listed', async () => {
    const { repository, base, tree } = await states(
      (r) => {
        r.write('src/a', 'a\n')
        r.write('src/b', 'b\n')
      },
      (r) => {
        r.git('rm', '-rq', 'src')
        symlinkSync('elsewhere', join(r.directory, 'src'))
      },
    )
    const cleaned = await enforceScope(repository, base, tree, scope(['src/a']))
    expect(cleaned.tree).not.toBe(tree)
    expect(rules(cleaned)).toEqual({ src: 'scope.write', 'src/b': 'scope.write' })
  })

  test('names that are not UTF-8 and names with backslashes meet the same rules', async () => {
    const { repository, base, tree, changedPaths } = await states(
      (r) => r.write('a', ''),
      (r) => {
        for (const directory of ['in', 'out']) {
          mkdirSync(join(r.directory, directory))
          writeFileSync(Buffer.concat([Buffer.from(`${r.directory}/${directory}/`), Buffer.of(0xff)]), 'x')
        }
        r.write('in/a\\b', 'x')
      },
    )
    const cleaned = await enforceScope(repository, base, tree, scope(['in/**']))
    expect(rules(cleaned)).toEqual({ 'in/a\\b': 'scope.path', 'out/\\xff': 'scope.write' })
    expect(await changedPaths(cleaned.tree)).toEqual(['in/\\xff'])
  })
})

describe('cleaning a tree', () => {
  test('undoes links that leave, submodules, large files and changes of .gitmodules', async () => {
    const { repository, base, tree, changedPaths } = await states(
      (r) => {
        r.write('dir/a', 'a\n')
        r.write('was-a-file', 'x\n')
      },
      (r) => {
        const links = {
          absolute: '/etc/passwd',
          climbing: '../x',
          'dir/climbing': '../../x',
          'dir/fine': '../was-a-file',
          fine: 'dir/a',
          'through-another': 'dir/../../x',
          'into-git': '.git/config',
        }
        for (const [name, target] of Object.entries(links)) symlinkSync(target, join(r.directory, name))
        r.write('.gitmodules', '[submodule "x"]\n\tpath = x\n\turl = https://example.test/x\n')
        r.write('big', Buffer.alloc(BOUNDS.fileInPatch + 1))
        r.write('kept', 'kept\n')
        r.git('update-index', '--add', '--cacheinfo', `160000,${'1'.repeat(40)},sub`)
        mkdirSync(join(r.directory, 'sub'))
      },
    )
    const cleaned = await cleanTree(repository, base, tree)
    expect(rules(cleaned)).toEqual({
      '.gitmodules': 'import.submodule',
      absolute: 'import.link',
      big: 'import.file-size',
      climbing: 'import.link',
      'dir/climbing': 'import.link',
      'into-git': 'import.link',
      sub: 'import.submodule',
      'through-another': 'import.link',
    })
    expect(await changedPaths(cleaned.tree)).toEqual(['dir/fine', 'fine', 'kept'])
  })

  test('undoes names that pass for .git, and throws for those that no safe git would touch', async () => {
    const { repository, base } = await states((r) => r.write('a', 'a\n'))
    const odd = treeWith(repository.gitDirectory, base, ['git~2', '\uff0egit'])
    const cleaned = await cleanTree(repository, base, odd)
    expect(rules(cleaned)).toEqual({ 'git~2': 'import.git-name', '\uff0egit': 'import.git-name' })
    expect(cleaned.tree).toBe(await repository.treeOf(base))
    for (const name of ['.git', '.GIT', 'git~1', '.g\u200cit', '.git ']) {
      const hostile = treeWith(repository.gitDirectory, base, [name])
      await expect(cleanTree(repository, base, hostile), name).rejects.toThrow('did not work')
    }
  })

  test('a link stays inside exactly when walking it never climbs above the root', () => {
    const part = fc.constantFrom('..', '.', 'a', 'b', '')
    fc.assert(
      fc.property(fc.array(part, { maxLength: 6 }), fc.nat(3), (parts, depth) => {
        const path = [...Array(depth).fill('d'), 'link'].join('/')
        if (!staysInside(path, parts.join('/'))) return
        let level = depth
        for (const name of parts) {
          if (name === '..') level -= 1
          else if (name !== '' && name !== '.') level += 1
          expect(level).toBeGreaterThanOrEqual(0)
        }
      }),
    )
  })
})

test('what setup had changed is not blamed on the agent, what the agent changed after it is', async () => {
  const { repository, base, tree, third, changedPaths } = await states(
    (r) => {
      r.write('lock', '1\n')
      r.write('src', '1\n')
    },
    (r) => {
      r.write('lock', '2\n')
      r.write('generated', 'by setup\n')
      r.write('both', 'by setup\n')
    },
    (r) => {
      r.write('src', '2\n')
      r.write('both', 'by the agent\n')
    },
  )
  expect(await changedPaths(await withoutSetupChanges(repository, base, tree, third))).toEqual([
    'both',
    'src',
  ])
  expect(await withoutSetupChanges(repository, base, base, third)).toBe(third)
})

test('the ignore rules of a commit in one list ignore what its .gitignore files do', async () => {
  const { source, repository, commits } = await states((r) => {
    r.write(
      '.gitignore',
      '# comment\n*.log\n/build\n!keep.log\nnested/deep/x\ndir-only/\ntrailing  \n\\#hash\n\\!bang\r\n',
    )
    r.write('sub/.gitignore', '!important.log\n/local\nanywhere\na/b\n*.tmp\n')
    r.write('odd [x]*/.gitignore', 'inner\n')
  })
  const candidates = [
    ...[
      'a.log',
      'keep.log',
      'build/x',
      'sub/build/x',
      'nested/deep/x',
      'x/nested/deep/x',
      'dir-only/x',
      'sub/dir-only/x',
    ],
    ...[
      'trailing',
      '#hash',
      '!bang',
      'sub/important.log',
      'sub/other.log',
      'sub/local',
      'sub/in/local',
      'sub/in/anywhere',
    ],
    ...[
      'anywhere',
      'sub/a/b',
      'sub/in/a/b',
      'sub/in/x.tmp',
      'x.tmp',
      'odd [x]*/inner',
      'odd xy/inner',
      'odd [x]*/in/inner',
    ],
  ]
  for (const path of candidates) source.write(path, 'x')
  const list = join(temporaryDirectory(), 'exclude')
  writeFileSync(list, await ignoreRulesOf(repository, commits[0] ?? ''))
  const others = (...how: string[]) =>
    plainGit(source.directory, '-c', 'core.quotePath=false', 'ls-files', '--others', ...how)
      .split('\n')
      .sort()
  const expected = others('--exclude-standard')
  expect(others(`--exclude-from=${list}`)).toEqual(expected)
  expect(expected.length).toBeGreaterThan(8)
  expect(expected.length).toBeLessThan(candidates.length - 8)
})

test('what package managers make is ignored without a rule, unless the commit holds some of it', async () => {
  const plain = await states((r) => r.write('node_modules.txt', 'x'))
  const vendored = await states((r) => r.write('packages/a/node_modules/b/index.js', 'x'))
  const own = await states((r) => r.write('.gitignore', '!node_modules/\n'))
  const lines = async ({ repository, commits }: Awaited<ReturnType<typeof states>>) =>
    (await ignoreRulesOf(repository, commits[0] ?? '')).split('\n')
  expect(await lines(plain)).toContain('node_modules/')
  expect(await lines(vendored)).not.toContain('node_modules/')
  expect(await lines(vendored)).toContain('.venv/')
  expect((await lines(own)).filter((line) => line.includes('node_modules'))).toEqual([
    'node_modules/',
    '!node_modules/',
  ])
})

test('a rule keeps its meaning when it is moved to the root', () => {
  expect(rooted('*.o\n/a\n!b\nc/d\ne/\n\\!f\n# g\n\nh \n', 'x/')).toBe(
    '/x/**/*.o\n/x/a\n!/x/**/b\n/x/c/d\n/x/**/e/\n/x/**/!f\n/x/**/h\n',
  )
})

/** A tree with entries that git itself would not let into an index. */
function treeWith(gitDirectory: string, base: string, names: readonly string[]): string {
  const run = (args: string[], input: string | Buffer) =>
    execFileSync('git', ['--git-dir', gitDirectory, ...args], { input, env: { PATH: '/usr/bin:/bin' } })
  const blob = run(['hash-object', '-w', '--stdin'], 'evil').toString().trim()
  const there = run(['ls-tree', '-z', base], '')
  const entries = names.map((name) => Buffer.from(`100644 blob ${blob}\t${name}\0`))
  return run(['mktree', '-z'], Buffer.concat([there, ...entries]))
    .toString()
    .trim()
}
