import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { baseOf } from '#forge/base.ts'
import { openTrustedRepository } from '#forge/git/trusted-repository.ts'
import { gitFixture, plainGit, temporaryDirectory } from '#test/support/git-fixture.ts'
import { startGitHttpServer } from '#test/support/git-http-server.ts'

async function trusted() {
  return openTrustedRepository(join(temporaryDirectory(), 'trusted.git'))
}

describe('fetching from a local path', () => {
  test('brings every branch and tells the default one', async () => {
    const source = gitFixture({ branch: 'trunk' })
    source.write('a.txt', 'a\n')
    const first = source.commit()
    source.git('branch', 'side')
    const repository = await trusted()

    expect(await repository.fetch({ url: source.directory })).toEqual({
      ok: true,
      value: {
        defaultBranch: 'trunk',
        tips: [
          { branch: 'side', commit: first },
          { branch: 'trunk', commit: first },
        ],
      },
    })
  })

  test('follows a branch that was rewritten and forgets one that is gone', async () => {
    const source = gitFixture()
    source.commit('one')
    source.git('branch', 'gone')
    const repository = await trusted()
    await repository.fetch({ url: source.directory })
    source.git('branch', '-D', 'gone')
    source.git('commit', '-q', '--amend', '--allow-empty', '-m', 'two')
    const rewritten = source.git('rev-parse', 'HEAD')

    expect(await repository.fetch({ url: source.directory })).toEqual({
      ok: true,
      value: { defaultBranch: 'main', tips: [{ branch: 'main', commit: rewritten }] },
    })
  })

  test('a detached HEAD stands on the branch that has its commit', async () => {
    const source = gitFixture({ branch: 'work' })
    const commit = source.commit()
    source.git('checkout', '-q', '--detach')
    const repository = await trusted()
    const fetched = await repository.fetch({ url: source.directory })
    expect(fetched).toEqual({
      ok: true,
      value: { defaultBranch: 'work', tips: [{ branch: 'work', commit }] },
    })
  })

  test('a repository without commits is repository_empty', async () => {
    const source = gitFixture()
    const fetched = await (await trusted()).fetch({ url: source.directory })
    expect(fetched).toMatchObject({ ok: false, failure: { code: 'repository_empty' } })
  })

  test('a shallow clone is as good a base as any', async () => {
    const source = gitFixture()
    source.commit('older')
    const commit = source.commit('newest')
    const shallow = join(temporaryDirectory(), 'shallow')
    plainGit('/', 'clone', '-q', '--depth=1', `file://${source.directory}`, shallow)
    const fetched = await (await trusted()).fetch({ url: shallow })
    expect(fetched).toEqual({
      ok: true,
      value: { defaultBranch: 'main', tips: [{ branch: 'main', commit }] },
    })
  })

  test('what is not a repository is repository_unreadable', async () => {
    const repository = await trusted()
    for (const url of [temporaryDirectory(), '/nonexistent/airlock'])
      expect(await repository.fetch({ url })).toMatchObject({
        ok: false,
        failure: { code: 'repository_unreadable' },
      })
  })

  test('a missing branch is base_not_found and names those there are', async () => {
    const source = gitFixture()
    const commit = source.commit()
    const fetched = await (await trusted()).fetch({ url: source.directory })
    if (!fetched.ok) throw new Error('not fetched')
    expect(baseOf(fetched.value)).toEqual({ ok: true, value: { branch: 'main', commit } })
    expect(baseOf(fetched.value, 'missing')).toMatchObject({
      ok: false,
      failure: { code: 'base_not_found', details: { branch: 'missing', known: ['main'] } },
    })
  })

  test.runIf(process.geteuid?.() === 0)('works when the repository belongs to another user', async () => {
    const source = gitFixture()
    const commit = source.commit()
    execFileSync('chown', ['-R', '12345:12345', source.directory])
    const fetched = await (await trusted()).fetch({ url: source.directory })
    expect(fetched).toEqual({
      ok: true,
      value: { defaultBranch: 'main', tips: [{ branch: 'main', commit }] },
    })
  })

  test.runIf(process.geteuid?.() === 0)(
    'a repository of another user leads to nothing that user could not read',
    async () => {
      const secret = gitFixture()
      secret.write('secret.txt', 'secret\n')
      secret.commit()
      const trap = gitFixture()
      const own = join(trap.directory, '.git')
      writeFileSync(join(own, 'objects/info/alternates'), `${join(secret.directory, '.git/objects')}\n`)
      symlinkSync(join(secret.directory, '.git/refs/heads/main'), join(own, 'refs/heads/main'))
      execFileSync('chown', ['-hR', '65534:65534', trap.directory])

      expect(await (await trusted()).fetch({ url: trap.directory })).toMatchObject({ ok: false })
    },
  )

  test.runIf(process.geteuid?.() === 0)(
    'a path through what another user can exchange leads to nothing that user could not read',
    async () => {
      const secret = gitFixture()
      secret.write('secret.txt', 'secret\n')
      secret.commit()
      chmodSync(secret.directory, 0o700)
      const theirs = temporaryDirectory()
      symlinkSync(secret.directory, join(theirs, 'link'))
      execFileSync('cp', ['-a', secret.directory, join(theirs, 'of-root')])
      execFileSync('chown', ['-h', '65534:65534', theirs, join(theirs, 'link')])

      const repository = await trusted()
      for (const url of [join(theirs, 'link'), join(theirs, 'of-root')])
        expect(await repository.fetch({ url }), url).toMatchObject({ ok: false })
      expect(await repository.fetch({ url: secret.directory })).toMatchObject({ ok: true })
    },
  )

  test('nothing that the repository configures is executed', async () => {
    const source = gitFixture()
    source.write('a.txt', 'a\n')
    source.commit()
    const trap = trapIn(source.directory)
    for (const [key, value] of Object.entries({
      'core.fsmonitor': trap.program,
      'core.sshCommand': trap.program,
      'core.alternateRefsCommand': trap.program,
      'uploadpack.packObjectsHook': trap.program,
      'remote.origin.url': '/nonexistent',
      'remote.origin.uploadpack': trap.program,
      'remote.origin.promisor': 'true',
      'remote.origin.partialclonefilter': 'blob:none',
      'extensions.partialClone': 'origin',
      'credential.helper': `!${trap.program}`,
      'core.hooksPath': join(source.directory, 'hooks-of-theirs'),
      'core.pager': trap.program,
    }))
      source.git('config', key, value)
    source.git('config', 'core.repositoryFormatVersion', '1')
    // A blob that is missing makes a serving git reach for the promisor remote, whose uploadpack is the trap.
    const blob = source.git('rev-parse', 'HEAD:a.txt')
    execFileSync('rm', ['-f', join(source.directory, '.git/objects', blob.slice(0, 2), blob.slice(2))])

    const fetched = await (await trusted()).fetch({ url: source.directory })
    expect(fetched).toMatchObject({ ok: false, failure: { code: 'repository_unreadable' } })
    expect(trap.sprung()).toBe(false)
  })

  test('a repository with hooks, monitors and helpers is still read', async () => {
    const source = gitFixture()
    const commit = source.commit()
    const trap = trapIn(source.directory)
    source.git('config', 'core.fsmonitor', trap.program)
    source.git('config', 'uploadpack.packObjectsHook', trap.program)
    const fetched = await (await trusted()).fetch({ url: source.directory })
    expect(fetched).toEqual({
      ok: true,
      value: { defaultBranch: 'main', tips: [{ branch: 'main', commit }] },
    })
    expect(trap.sprung()).toBe(false)
  })
})

describe('fetching over smart HTTP', () => {
  const credential = { username: 'x-access-token', password: 'correct horse "battery" $HOME `id`' }

  async function served() {
    const source = gitFixture()
    source.write('a.txt', 'a\n')
    const commit = source.commit()
    const root = temporaryDirectory()
    plainGit(root, 'clone', '-q', '--bare', source.directory, 'project.git')
    const server = await startGitHttpServer({ root, credential })
    onTestFinished(() => server.close())
    return { server, commit }
  }

  test('hands the credential over and reads', async () => {
    const { server, commit } = await served()
    const repository = await trusted()
    const fetched = await repository.fetch({ url: `${server.url}/project.git`, credential })
    expect(fetched).toEqual({
      ok: true,
      value: { defaultBranch: 'main', tips: [{ branch: 'main', commit }] },
    })
    expect(server.requests.some((request) => request.authorised)).toBe(true)
  })

  test('without a credential, or with a wrong one, refuses and never asks', async () => {
    const { server } = await served()
    const repository = await trusted()
    const url = `${server.url}/project.git`
    const wrong = { username: 'x', password: 'not-the-password' }
    for (const remote of [{ url }, { url, credential: wrong }]) {
      const fetched = await repository.fetch(remote)
      expect(fetched).toMatchObject({ ok: false, failure: { code: 'repository_unreadable' } })
      expect(JSON.stringify(fetched)).not.toContain('not-the-password')
    }
  })

  test('sends no credential over plain HTTP, but to this machine', async () => {
    const repository = await trusted()
    for (const host of ['example.test', '127.0.0.1.example.test', 'localhost.example.test:80', '10.0.0.1'])
      expect(await repository.fetch({ url: `http://${host}/x.git`, credential }), host).toMatchObject({
        ok: false,
        failure: { code: 'invalid_input', rule: 'remote.plain-http' },
      })
  })

  test('does not follow a redirect with the credential', async () => {
    const { server } = await served()
    const redirector = await startGitHttpServer({ root: '/nonexistent', redirectTo: server.url })
    onTestFinished(() => redirector.close())
    const fetched = await (await trusted()).fetch({ url: `${redirector.url}/project.git`, credential })
    expect(fetched).toMatchObject({ ok: false, failure: { code: 'repository_unreadable' } })
    expect(server.requests).toEqual([])
  })
})

test('addresses that git could take for something else are refused', async () => {
  const repository = await trusted()
  for (const url of [
    '',
    '--upload-pack=touch /tmp/x',
    'ext::sh -c id',
    'file:///etc',
    'git://example.test/x',
    'relative/path',
    'https://user:secret@example.test/x.git',
    'https://example.test/x.git?a=b',
    'http://127.0.0.1\\@example.test/x.git',
    'ssh://-oProxyCommand=id/x',
    'ssh://user:password@example.test/x',
    'user@host:-x',
    'user@host::x',
    'http://example.test/a\nb',
    'fd::3',
  ])
    expect(await repository.fetch({ url }), url).toMatchObject({
      ok: false,
      failure: { code: 'invalid_input' },
    })
})

/** A program that leaves a mark when anybody runs it. */
function trapIn(directory: string) {
  const program = join(directory, '.git', 'trap.sh')
  const mark = join(directory, '.git', 'sprung')
  writeFileSync(program, `#!/bin/sh\ntouch '${mark}'\nexit 1\n`)
  chmodSync(program, 0o755)
  return { program, sprung: () => existsSync(mark) }
}
