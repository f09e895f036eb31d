import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { rawChanges } from '#forge/git/changes.ts'
import { openTrustedRepository } from '#forge/git/trusted-repository.ts'
import { gitFixture, temporaryDirectory } from '#test/support/git-fixture.ts'

const lines = (count: number, step: number) =>
  Array.from({ length: count }, (_, at) => `${(at * step).toString(16)}\n`).join('')

test('a large file that went and another one under many names are not compared by likeness', async () => {
  const source = gitFixture()
  source.write('large.txt', lines(800_000, 7_919))
  const base = source.commit()
  const made = (args: string[], input: string) =>
    execFileSync('git', args, { cwd: source.directory, input }).toString('latin1').trim()
  const blob = made(['hash-object', '-w', '--stdin'], lines(800_000, 104_729))
  const names = Array.from({ length: 1_900 }, (_, at) => `100644 blob ${blob}\tfile${at}\n`).sort()
  const tree = made(['mktree'], names.join(''))
  source.git('update-ref', 'refs/heads/main', source.git('commit-tree', tree, '-p', base, '-m', 'bomb'))
  const repository = await openTrustedRepository(join(temporaryDirectory(), 'trusted.git'))
  await repository.fetch({ url: source.directory })

  // Not a matter of speed: compared by likeness this takes an hour, and gigabytes.
  expect(await repository.patch(base, tree)).toMatchObject({ failure: { rule: 'patch.size' } })
  expect(await rawChanges(repository.gitDirectory, base, tree)).toHaveLength(1_901)
})
