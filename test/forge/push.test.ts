import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, existsSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, onTestFinished, test } from 'vitest'
import { branchNameFor, type FeatureBranch, featureBranch, slugOf } from '#forge/feature-branch.ts'
import { openTrustedRepository } from '#forge/git/trusted-repository.ts'
import { gitFixture, plainGit, temporaryDirectory } from '#test/support/git-fixture.ts'
import { startGitHttpServer } from '#test/support/git-http-server.ts'

const ADA = { id: 'usr_ada', name: 'Ada Lovelace', email: 'ada@example.test' }
const CONTEXT = { defaultBranch: 'main', neverTo: ['release/**', 'airlock/*-frozen'] }

function branch(text: string): FeatureBranch {
  const made = featureBranch(text, CONTEXT)
  if (!made.ok) throw new Error(made.failure.message)
  return made.value
}

/** A bare remote, and a trusted repository that holds a commit ready to be pushed to it. */
async function ready() {
  const source = gitFixture()
  source.write('a.txt', 'a\n')
  const base = source.commit()
  const root = temporaryDirectory()
  const remote = join(root, 'project.git')
  plainGit(root, 'clone', '-q', '--bare', source.directory, remote)
  const repository = await openTrustedRepository(join(temporaryDirectory(), 'trusted.git'))
  await repository.fetch({ url: remote })
  const commit = await repository.commit({
    parent: base,
    tree: await repository.treeOf(base),
    author: ADA,
    committer: { id: 'airlock', name: 'Airlock', email: 'airlock@example.test' },
    at: 1_700_000_000,
    message: 'Fix the rounding\n\nAirlock-Task: 7\n',
  })
  return {
    root,
    remote,
    repository,
    base,
    commit,
    request: { commit, branch: branch('airlock/7-fix'), ...CONTEXT },
  }
}

describe('a commit', () => {
  test('has the approver as author, the moment of approval, and the same id each time', async () => {
    const { repository, base, commit, remote, request } = await ready()
    const again = await repository.commit({
      parent: base,
      tree: await repository.treeOf(base),
      author: ADA,
      committer: { id: 'airlock', name: 'Airlock', email: 'airlock@example.test' },
      at: 1_700_000_000,
      message: 'Fix the rounding\n\nAirlock-Task: 7\n',
    })
    expect(again).toBe(commit)
    await repository.push({ url: remote }, request)
    expect(plainGit(remote, 'show', '-s', '--format=%an <%ae> %at|%cn <%ce> %ct|%P|%B', commit)).toBe(
      `Ada Lovelace <ada@example.test> 1700000000|Airlock <airlock@example.test> 1700000000|${base}|Fix the rounding\n\nAirlock-Task: 7`,
    )
  })

  test('a name made to forge a header stays a name', async () => {
    const { repository, base } = await ready()
    const author = { id: 'usr_x', name: 'Eve\nparent deadbeef <x@y> 1 +0000', email: '' }
    const tree = await repository.treeOf(base)
    const commit = await repository.commit({ parent: base, tree, author, at: 1, message: 'x' })
    const shown = plainGit(repository.gitDirectory, 'show', '-s', '--format=%an|%ae|%P', commit)
    expect(shown).toBe(`Eveparent deadbeef x@y 1 +0000|unknown|${base}`)
  })
})

describe('pushing', () => {
  test('makes the one branch, again is already there, another commit is a conflict', async () => {
    const { repository, remote, commit, base, request } = await ready()
    expect(await repository.push({ url: remote }, request)).toEqual({ ok: true, value: 'pushed' })
    expect(await repository.push({ url: remote }, request)).toEqual({ ok: true, value: 'already_there' })
    expect(await repository.push({ url: remote }, { ...request, commit: base })).toMatchObject({
      ok: false,
      failure: { code: 'conflict', rule: 'push.must-not-exist', details: { there: commit, ours: base } },
    })
    expect(plainGit(remote, 'for-each-ref', '--format=%(refname) %(objectname)')).toBe(
      `refs/heads/airlock/7-fix ${commit}\nrefs/heads/main ${base}`,
    )
  })

  test('over HTTP with a credential works, with a wrong one is refused, and the secret is nowhere', async () => {
    const { root, remote, repository, commit, request } = await ready()
    const credential = { username: 'x-access-token', password: 'push-secret-7f3a' }
    const server = await startGitHttpServer({ root, credential })
    onTestFinished(() => server.close())
    const url = `${server.url}/project.git`
    const wrong = await repository.push(
      { url, credential: { ...credential, password: 'wrong-secret' } },
      request,
    )
    expect(wrong).toMatchObject({ ok: false, failure: { code: 'push_refused' } })
    expect(JSON.stringify(wrong)).not.toMatch(/secret/)
    expect(await repository.push({ url, credential }, request)).toEqual({ ok: true, value: 'pushed' })
    expect(await repository.push({ url, credential }, request)).toEqual({ ok: true, value: 'already_there' })
    expect(plainGit(remote, 'rev-parse', 'airlock/7-fix')).toBe(commit)
    expect(spawnSync('grep', ['-r', 'push-secret-7f3a', repository.gitDirectory]).status).toBe(1)
  })

  test('a refusal brings the words of the remote without their control characters', async () => {
    const { root, remote, repository, request } = await ready()
    const hook = join(remote, 'hooks', 'pre-receive')
    writeFileSync(
      hook,
      '#!/bin/sh\nprintf "no \\033[31mred\\033]8;;http://evil\\007 pushes on Friday\\n" >&2\nexit 1\n',
    )
    chmodSync(hook, 0o755)
    const server = await startGitHttpServer({ root })
    onTestFinished(() => server.close())
    const pushed = await repository.push({ url: `${server.url}/project.git` }, request)
    expect(pushed).toMatchObject({
      ok: false,
      failure: { code: 'push_refused', details: { words: expect.stringContaining('pushes on Friday') } },
    })
    expect(JSON.stringify(pushed)).not.toMatch(/\\u001b|\\u0007/)
  })

  test('to a local remote executes no hook, and refuses where a hook could have refused', async () => {
    const { remote, repository, request } = await ready()
    const mark = join(remote, 'sprung')
    for (const name of ['post-receive', 'post-update']) {
      writeFileSync(join(remote, 'hooks', name), `#!/bin/sh\ntouch '${mark}'\n`)
      chmodSync(join(remote, 'hooks', name), 0o755)
    }
    plainGit(remote, 'config', 'core.alternateRefsCommand', `touch '${mark}'; true`)
    const other = gitFixture()
    other.commit()
    writeFileSync(join(remote, 'objects/info/alternates'), `${join(other.directory, '.git/objects')}\n`)
    expect(await repository.push({ url: remote }, request)).toMatchObject({ ok: true })
    expect(existsSync(mark)).toBe(false)
    plainGit(remote, 'config', 'core.hooksPath', 'elsewhere')
    execFileSync('mkdir', [join(remote, 'elsewhere')])
    writeFileSync(join(remote, 'elsewhere', 'update'), '#!/bin/sh\nexit 1\n', { mode: 0o755 })
    expect(await repository.push({ url: remote }, request)).toMatchObject({
      ok: false,
      failure: { code: 'push_refused', rule: 'push.local-hooks', details: { hook: 'update' } },
    })
  })

  test.runIf(process.geteuid?.() === 0)(
    'as root, leaves nothing in a local remote that its owner cannot change',
    async () => {
      const { root, remote, repository, request } = await ready()
      chmodSync(root, 0o755)
      execFileSync('chown', ['-R', '12345:12345', root])
      expect(await repository.push({ url: remote }, request)).toEqual({ ok: true, value: 'pushed' })
      expect(statSync(join(remote, 'refs/heads/airlock/7-fix')).uid).toBe(12345)
      expect(execFileSync('find', [remote, '-uid', '0']).toString()).toBe('')
    },
  )

  test('a protected branch is refused at the push even when a branch of that type was forged', async () => {
    const { repository, remote, base, request } = await ready()
    for (const name of [
      'main',
      'release/1',
      'airlock/9-frozen',
      'airlock/7-fix:refs/heads/main',
      '+airlock/7-x',
    ]) {
      const forged = { ...request, branch: name as FeatureBranch }
      expect(await repository.push({ url: remote }, forged), name).toMatchObject({
        ok: false,
        failure: { code: 'protected_branch' },
      })
    }
    expect(plainGit(remote, 'for-each-ref', '--format=%(refname) %(objectname)')).toBe(
      `refs/heads/main ${base}`,
    )
  })
})

test('notes are kept byte for byte, replaced, and joined with those of the remote', async () => {
  const { root, remote, repository, base, commit, request } = await ready()
  await repository.push({ url: remote }, request)
  plainGit(remote, 'notes', '--ref=refs/notes/airlock', 'add', '-m', 'an older note', base)
  await repository.note(commit, 'refs/notes/airlock', 'first')
  await repository.note(commit, 'refs/notes/airlock', '  {"payload":"…"}  \n\n')
  expect(await repository.pushNotes({ url: remote }, 'refs/notes/airlock')).toEqual({
    ok: true,
    value: undefined,
  })
  expect(await repository.pushNotes({ url: remote }, 'refs/notes/airlock')).toEqual({
    ok: true,
    value: undefined,
  })
  const shown = (object: string) => {
    const blob = plainGit(remote, 'notes', '--ref=refs/notes/airlock', 'list', object)
    return execFileSync('git', ['-C', remote, 'cat-file', 'blob', blob]).toString()
  }
  expect([shown(commit), shown(base)]).toEqual(['  {"payload":"…"}  \n\n', 'an older note\n'])
  expect(root).toBeDefined()
})

describe('a feature branch', () => {
  test('is named after the task and its intent', () => {
    expect(
      [
        [42, 'Fix the rounding bug'],
        [1, '  Änderung: «größer» / naïve ☃ '],
        [7, 'rm -rf / ; $(curl evil) ../../main'],
        [9, '日本語'],
        [3, 'A very long intent that goes on and on until nobody wants to read it any more'],
        [4, 'x'.repeat(100)],
      ].map(([task, intent]) => branchNameFor(Number(task), String(intent))),
    ).toEqual([
      'airlock/42-fix-the-rounding-bug',
      'airlock/1-anderung-gro-er-naive',
      'airlock/7-rm-rf-curl-evil-main',
      'airlock/9-change',
      'airlock/3-a-very-long-intent-that-goes-on-and-on',
      `airlock/4-${'x'.repeat(40)}`,
    ])
  })

  test('made from any intent passes its own check', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), fc.nat(), (intent, task) => {
        expect(slugOf(intent).length).toBeLessThanOrEqual(40)
        expect(featureBranch(branchNameFor(task, intent), { defaultBranch: 'main', neverTo: [] }).ok).toBe(
          true,
        )
      }),
    )
  })

  test('is refused when it is protected, the default, or of another form', () => {
    const rule = (text: string, context = CONTEXT) => {
      const made = featureBranch(text, context)
      return made.ok ? 'made' : `${made.failure.code} ${made.failure.rule}`
    }
    expect(rule('airlock/1-ok')).toBe('made')
    expect(rule('main')).toBe('protected_branch branch.protected')
    expect(rule('release/2.0/x')).toBe('protected_branch branch.protected')
    expect(rule('airlock/1-frozen')).toBe('protected_branch branch.protected')
    expect(rule('airlock/1-x', { defaultBranch: 'airlock/1-x', neverTo: [] })).toBe(
      'protected_branch branch.protected',
    )
    for (const text of [
      '',
      'develop',
      'airlock/x',
      'airlock/1-A',
      'airlock/1-a\n',
      'refs/heads/airlock/1-a',
      'airlock/1-a/..',
    ])
      expect(rule(text), text).toBe('protected_branch branch.pattern')
  })
})
