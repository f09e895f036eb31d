import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openTrustedRepository } from '#forge/git/trusted-repository.ts'
import type { TrustedRepository } from '#forge/repository.ts'
import { tamperingOf } from '#tasks/tampering-of.ts'
import { type GitFixture, gitFixture, temporaryDirectory } from '#test/support/git-fixture.ts'

const body = (call: string, more = '') =>
  `${more}import { test } from 'node:test'\n${call}('adds', () => {})\n`

async function examined(
  source: GitFixture,
  base: string,
  wrap = (repository: TrustedRepository) => repository,
) {
  const repository = await openTrustedRepository(join(temporaryDirectory(), 'trusted.git'))
  await repository.fetch({ url: source.directory })
  const tree = await repository.treeOf(source.git('rev-parse', 'main'))
  const patch = await repository.patch(base, tree)
  if (!patch.ok) throw new Error(patch.failure.message)
  const found = await tamperingOf(wrap(repository), { base, tree, files: patch.value.files })
  return found.map(({ rule, path }) => `${rule} ${path}`)
}

test('skipped tests are found in edited and in renamed files, and where a NUL byte makes them binary for git', async () => {
  const source = gitFixture()
  const names = ['edited', 'old', 'binary']
  for (const name of names) source.write(`test/${name}.test.js`, body('test', `// ${name.repeat(40)}\n`))
  const base = source.commit()
  source.write('test/edited.test.js', body('test.skip', `// ${'edited'.repeat(40)}\n`))
  source.git('mv', 'test/old.test.js', 'test/new.test.js')
  source.write('test/new.test.js', body('test.skip', `// ${'old'.repeat(40)}\n`))
  source.write('test/binary.test.js', body('test.skip', `// ${'binary'.repeat(40)}\0\n`))
  source.commit()

  expect(await examined(source, base)).toEqual(
    ['binary', 'edited', 'new'].map((name) => `tampering.test-skipped test/${name}.test.js`),
  )
})

test('a patch of many files is read in few runs of git', async () => {
  const source = gitFixture()
  const base = source.commit()
  for (let file = 0; file < 300; file += 1) source.write(`test/${file}.test.js`, body('test.skip'))
  source.commit()
  let runs = 0
  const counted = (repository: TrustedRepository): TrustedRepository => ({
    ...repository,
    readBlobs: (objects) => {
      runs += 1
      return repository.readBlobs(objects)
    },
    readBlob: () => Promise.reject(new Error('one at a time')),
    readFile: () => Promise.reject(new Error('one at a time')),
  })
  expect(await examined(source, base, counted)).toHaveLength(51)
  expect(runs).toBe(1)
})

test('a file that cannot be read is a fault, and not a file without findings', async () => {
  const source = gitFixture()
  const base = source.commit()
  source.write('test/a.test.js', body('test.skip'))
  source.commit()
  const broken = (repository: TrustedRepository): TrustedRepository => ({
    ...repository,
    readBlobs: () => Promise.reject(new Error('no descriptor is left')),
  })
  await expect(examined(source, base, broken)).rejects.toThrow('no descriptor is left')
})

test('what is quoted of a line holds no secret', async () => {
  const key = ['ghp', 'Zx8Kq2Lm4Np6Rt8Vw0Yb2Cd4Ef6Gh80VmWcq'].join('_')
  const source = gitFixture()
  const base = source.commit()
  source.write('src/a.js', `const key = '${key}' // eslint-disable-line\n`)
  source.commit()
  const repository = await openTrustedRepository(join(temporaryDirectory(), 'trusted.git'))
  await repository.fetch({ url: source.directory })
  const tree = await repository.treeOf(source.git('rev-parse', 'main'))
  const patch = await repository.patch(base, tree)
  if (!patch.ok) throw new Error(patch.failure.message)
  const [found] = await tamperingOf(repository, { base, tree, files: patch.value.files })
  expect(found?.message).toBe(
    "A checker is silenced with eslint-disable: const key = '…' // eslint-disable-line",
  )
})
