import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { PACK_LIMIT } from '#forge/git/adopt.ts'
import { withBorrowedObjects } from '#forge/git/borrowed-repository.ts'
import { remoteCall } from '#forge/git/remote-call.ts'
import { git, plainWords, runGit } from '#forge/git/run-git.ts'
import { removeStaleFiles } from '#forge/git/stale-files.ts'
import { openTrustedRepository } from '#forge/git/trusted-repository.ts'
import { gitFixture, plainGit, temporaryDirectory } from '#test/support/git-fixture.ts'

async function trusted() {
  return openTrustedRepository(join(temporaryDirectory(), 'trusted.git'))
}

/** A pack of everything a commit needs, made by plain git in another repository. */
function packOf(directory: string, revisions: string): Buffer {
  const input = execFileSync('git', [
    '-C',
    directory,
    'rev-list',
    '--objects',
    '--no-object-names',
    ...revisions.split(' '),
  ])
  return execFileSync('git', ['-C', directory, 'pack-objects', '-q', '--stdout'], { input })
}

describe('adopting a pack', () => {
  test('takes a complete and sound one', async () => {
    const source = gitFixture()
    source.write('a/b', 'x\n')
    source.commit()
    const tree = source.git('rev-parse', 'HEAD^{tree}')
    const repository = await trusted()
    expect(await repository.adopt(packOf(source.directory, tree), tree)).toEqual({ ok: true, value: tree })
    expect((await repository.list(tree)).map((entry) => entry.path)).toEqual(['a/b'])
  })

  test('refuses garbage, cut packs, incomplete ones, unsound trees and false names, and keeps nothing', async () => {
    const source = gitFixture()
    source.write('a', 'x\n')
    source.commit()
    const tree = source.git('rev-parse', 'HEAD^{tree}')
    const whole = packOf(source.directory, tree)
    const blob = source.git('rev-parse', 'HEAD:a')
    const onlyTree = execFileSync('git', ['-C', source.directory, 'pack-objects', '-q', '--stdout'], {
      input: `${tree}\n`,
    })
    const mktree = (text: string) =>
      execFileSync('git', ['-C', source.directory, 'mktree'], { input: text }).toString().trim()
    const dotGit = mktree(`100644 blob ${blob}\t.git\n`)
    const hfs = mktree(`100644 blob ${blob}\t.g\u200cit\n`)
    const absolute = mktree(`040000 tree ${dotGit}\tdeep\n`)
    const repository = await trusted()
    const attempts: [Uint8Array, string][] = [
      [Buffer.from('not a pack'), tree],
      [Buffer.alloc(0), tree],
      [whole.subarray(0, whole.length - 7), tree],
      [onlyTree, tree],
      [packOf(source.directory, dotGit), dotGit],
      [packOf(source.directory, hfs), hfs],
      [packOf(source.directory, absolute), absolute],
      [whole, '0'.repeat(40)],
      [whole, '--all'],
      [Buffer.alloc(PACK_LIMIT + 1), tree],
    ]
    for (const [pack, name] of attempts)
      expect(await repository.adopt(pack, name)).toMatchObject({
        ok: false,
        failure: { code: 'unsafe_entry', rule: 'import.fsck' },
      })
    expect(readdirSync(repository.gitDirectory).filter((name) => name.startsWith('airlock-'))).toEqual([])
    expect(
      (await runGit({ gitDirectory: repository.gitDirectory, args: ['cat-file', '-e', tree] })).exitCode,
    ).not.toBe(0)
  })
})

test('locks and halves that a killed process left are cleared when the repository is opened', async () => {
  const repository = await trusted()
  const left = [
    'packed-refs.lock',
    'refs/remotes/origin/main.lock',
    'objects/pack/tmp_pack_x',
    'airlock-index-x/index',
  ]
  for (const name of left) {
    mkdirSync(join(repository.gitDirectory, name, '..'), { recursive: true })
    writeFileSync(join(repository.gitDirectory, name), '')
  }
  await removeStaleFiles(repository.gitDirectory)
  expect(left.filter((name) => existsSync(join(repository.gitDirectory, name)))).toEqual([])
})

test('many fetches at the same time do not meet', async () => {
  const source = gitFixture()
  source.commit()
  for (let at = 0; at < 20; at += 1) source.git('branch', `b${at}`)
  const repository = await trusted()
  const again = await openTrustedRepository(repository.gitDirectory)
  const fetched = await Promise.all(
    Array.from({ length: 6 }, (_, at) =>
      (at % 2 === 0 ? repository : again).fetch({ url: source.directory }),
    ),
  )
  expect(new Set(fetched.map((one) => JSON.stringify(one))).size).toBe(1)
  expect(fetched[0]?.ok).toBe(true)
})

test('a clone can be borrowed: the same patch bytes whatever its owner configured, and nothing written', async () => {
  const source = gitFixture()
  source.write('.gitattributes', '*.js -diff\n')
  source.write('a.js', 'one\n')
  const base = source.commit()
  source.write('a.js', 'two\n')
  const commit = source.commit()
  const repository = await trusted()
  await repository.fetch({ url: source.directory })
  const ours = await repository.patch(base, commit)
  const clone = join(temporaryDirectory(), 'a "clone"')
  plainGit('/', 'clone', '-q', '--shared', source.directory, clone)
  for (const setting of ['diff.algorithm=patience', 'diff.noprefix=true', 'core.abbrev=4', 'diff.context=9'])
    plainGit(clone, 'config', ...setting.split('='))
  const before = execFileSync('find', [clone]).toString()
  const theirs = await withBorrowedObjects(join(clone, '.git', 'objects'), (borrowed) =>
    borrowed.patch(base, commit),
  )
  expect(theirs).toEqual(ours)
  expect(execFileSync('find', [clone]).toString()).toBe(before)
})

describe('running git', () => {
  test('the environment of git is ours alone', async () => {
    const outcome = await runGit({ args: ['-c', 'alias.env=!env', 'env'] })
    const names = outcome.stdout
      .toString()
      .split('\n')
      .map((line) => line.split('=')[0] ?? '')
      .filter(
        (name) => name !== '' && !name.startsWith('GIT_') && !['PWD', 'OLDPWD', '_', 'SHLVL'].includes(name),
      )
    expect(names.sort()).toEqual(['HOME', 'LC_ALL', 'PATH', 'TZ'])
  })

  test('ends at the bounds of time, output and patience of the caller, children included', async () => {
    const slow = { args: ['-c', 'alias.slow=!sleep 100 & sleep 100', 'slow'] }
    expect((await runGit({ ...slow, milliseconds: 100 })).ended).toBe('timed_out')
    expect((await runGit({ ...slow, signal: AbortSignal.timeout(100) })).ended).toBe('aborted')
    expect((await runGit({ ...slow, signal: AbortSignal.abort() })).ended).toBe('aborted')
    const loud = { args: ['-c', 'alias.loud=!yes', 'loud'], maxOutput: 10_000 }
    const outcome = await runGit(loud)
    expect([outcome.ended, outcome.exitCode, outcome.stdout.length <= 10_000]).toEqual([
      'output_exhausted',
      128,
      true,
    ])
  })

  test('a git that no descriptor is left for is a failure of that call, and no more', () => {
    const program = [
      `import { runGit } from ${JSON.stringify(join(import.meta.dirname, '../../src/forge/git/run-git.ts'))}`,
      "const runs = Array.from({ length: 60 }, () => runGit({ args: ['version'] }))",
      'const ended = await Promise.allSettled(runs)',
      "console.log(ended.some(({ status }) => status === 'rejected'))",
    ].join('\n')
    const shell = 'ulimit -n 64; exec "$0" --input-type=module -e "$1"'
    const printed = execFileSync('sh', ['-c', shell, process.execPath, program], { encoding: 'utf8' })
    expect(printed).toBe('true\n')
  })

  test('a failure nobody expected throws with the words of git', async () => {
    await expect(git({ args: ['rev-parse', '--verify', 'nothing'] })).rejects.toMatchObject({
      failure: { code: 'internal' },
    })
  })

  test('words for people have no control characters and an end', () => {
    const words = plainWords(Buffer.from(`a\x1b[31mb\x07\r\nc\u202ed\0\x9be${'x'.repeat(5000)}`))
    expect(words.startsWith('a[31mb\ncde')).toBe(true)
    expect(words.length).toBe(2_000)
  })
})

test('ssh gets fixed options and its key, whatever the path looks like', async () => {
  const key = "/keys/it's $(touch x) %h"
  const url = 'ssh://git@example.test/project.git'
  const call = await remoteCall({ url, sshKeyFile: key, sshKnownHostsFile: '/known hosts' }, '/data/x.git')
  if (!call.ok) throw new Error(call.failure.message)
  const command = call.value.environment.GIT_SSH_COMMAND ?? ''
  const words = execFileSync('sh', ['-c', `printf '%s\\0' ${command}`])
    .toString()
    .split('\0')
    .slice(0, -1)
  expect(words.slice(0, 8)).toEqual(['ssh', '-F', '/dev/null', '-a', '-x', '-T', '-i', key])
  const options = words.slice(8).filter((word) => word !== '-o')
  expect(options).toContain('BatchMode=yes')
  expect(options).toContain('StrictHostKeyChecking=yes')
  expect(options).toContain('UserKnownHostsFile="/known hosts"')
  expect(options).toContain('ProxyCommand=none')
  expect(call.value.config).toEqual(['ssh.variant=ssh'])
  expect(call.value.environment.GIT_ALLOW_PROTOCOL).toBe('ssh')
  const first = await remoteCall({ url }, '/data/x.git')
  expect(first.ok && first.value.environment.GIT_SSH_COMMAND).toContain('StrictHostKeyChecking=accept-new')
})
