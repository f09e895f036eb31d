import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { BOUNDS } from '#contract/bounds.ts'
import { openTrustedRepository } from '#forge/git/trusted-repository.ts'
import { type GitFixture, gitFixture, temporaryDirectory } from '#test/support/git-fixture.ts'

const MiB = 1024 * 1024

async function checkOut(source: GitFixture, tree: string) {
  source.git('update-ref', 'refs/heads/main', source.git('commit-tree', tree, '-m', 'bomb'))
  const directory = temporaryDirectory()
  const [place, target] = [join(directory, 'trusted.git'), join(directory, 'target')]
  mkdirSync(target)
  const repository = await openTrustedRepository(place)
  expect((await repository.fetch({ url: source.directory })).ok).toBe(true)
  const result = await repository.materialise(source.git('rev-parse', 'main'), target)
  return { result, written: readdirSync(target) }
}

/** A tree in which the same entry stands under `count` names. */
function treeOf(source: GitFixture, entry: string, count: number): string {
  const lines = Array.from({ length: count }, (_, at) => `${entry}\t${String(at).padStart(4, '0')}\n`)
  return made(source, ['mktree'], lines.join(''))
}

function made(source: GitFixture, args: string[], input: string | Buffer): string {
  return execFileSync('git', args, { cwd: source.directory, input }).toString('latin1').trim()
}

test('a small repository that names ten million files is refused before anything is read into memory', async () => {
  const source = gitFixture()
  const blob = made(source, ['hash-object', '-w', '--stdin'], 'boom')
  let tree = treeOf(source, `100644 blob ${blob}`, 10)
  for (let level = 1; level < 7; level++) tree = treeOf(source, `040000 tree ${tree}`, 10)

  const { result, written } = await checkOut(source, tree)
  expect(result).toMatchObject({ failure: { code: 'repository_unreadable', rule: 'checkout.size' } })
  expect(written).toEqual([])
})

test('a small repository that would fill the disk is refused before anything is written', async () => {
  const source = gitFixture()
  const blob = made(source, ['hash-object', '-w', '--stdin'], Buffer.alloc(8 * MiB))
  const tree = treeOf(source, `100644 blob ${blob}`, BOUNDS.checkout / (8 * MiB) + 1)

  const { result, written } = await checkOut(source, tree)
  expect(result).toMatchObject({ failure: { code: 'repository_unreadable', rule: 'checkout.size' } })
  expect(written).toEqual([])
})
