import { execFileSync } from 'node:child_process'
import { symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { BOUNDS } from '#contract/bounds.ts'
import { openTrustedRepository } from '#forge/git/trusted-repository.ts'
import { type GitFixture, gitFixture, temporaryDirectory } from '#test/support/git-fixture.ts'

/** A source with a base, a change on branch `change`, and the trusted repository that has fetched both. */
async function changed(base: (source: GitFixture) => void, change: (source: GitFixture) => void) {
  const source = gitFixture()
  base(source)
  const from = source.commit('base')
  source.git('checkout', '-q', '-b', 'change')
  change(source)
  const to = source.commit('change')
  const repository = await openTrustedRepository(join(temporaryDirectory(), 'trusted.git'))
  const fetched = await repository.fetch({ url: source.directory })
  if (!fetched.ok) throw new Error(fetched.failure.message)
  return { source, repository, base: from, tree: await repository.treeOf(to), to }
}

const LINES = Array.from({ length: 40 }, (_, at) => `line ${at}`).join('\n')

describe('a patch', () => {
  test('is exactly what git diff prints, and lists each kind of change', async () => {
    const { source, repository, base, tree, to } = await changed(
      (r) => {
        r.write('kept.txt', 'kept\n')
        r.write('edited.txt', `${LINES}\n`)
        r.write('gone.txt', 'gone\n')
        r.write('old-name.txt', `${LINES}\nrename me\n`)
        r.write('script.sh', 'echo\n')
        r.write('image.bin', Buffer.from([0, 1, 2, 3, 255]))
        r.write('becomes-link', 'text\n')
      },
      (r) => {
        r.write('edited.txt', `${LINES.replace('line 20', 'line twenty')}\n`)
        r.git('rm', '-q', 'gone.txt')
        r.git('mv', 'old-name.txt', 'new-name.txt')
        r.write('script.sh', 'echo\n', 0o755)
        r.write('image.bin', Buffer.from([0, 9, 9, 9, 255]))
        r.write('added.txt', 'one\ntwo\n')
        r.git('rm', '-q', 'becomes-link')
        symlinkSync('kept.txt', join(r.directory, 'becomes-link'))
      },
    )
    const patch = await repository.patch(base, tree)
    if (!patch.ok) throw new Error(patch.failure.message)

    const file = { binary: false, additions: 0, deletions: 0, oldMode: '100644', newMode: '100644' }
    expect(patch.value.files).toEqual([
      { ...file, path: 'added.txt', kind: 'added', oldMode: '000000', additions: 2 },
      { ...file, path: 'becomes-link', kind: 'type', newMode: '120000', additions: 1, deletions: 1 },
      { ...file, path: 'edited.txt', kind: 'modified', additions: 1, deletions: 1 },
      { ...file, path: 'gone.txt', kind: 'deleted', newMode: '000000', deletions: 1 },
      { ...file, path: 'image.bin', kind: 'modified', binary: true },
      { ...file, path: 'new-name.txt', previousPath: 'old-name.txt', kind: 'renamed' },
      { ...file, path: 'script.sh', kind: 'mode', newMode: '100755' },
    ])
    const plain = execFileSync('git', ['diff', '--binary', '--full-index', '-M', '--no-ext-diff', base, to], {
      cwd: source.directory,
    })
    expect(Buffer.from(patch.value.bytes).equals(plain)).toBe(true)
    expect(await repository.apply(base, patch.value.bytes)).toEqual({ ok: true, value: tree })
  })

  test('shows what .gitattributes of the tree would hide, and runs none of its drivers', async () => {
    const hostile = '*.js -diff\n*.txt diff=evil filter=evil merge=evil\n*.bat eol=crlf text\n$Id$ ident\n'
    const { repository, base, tree } = await changed(
      (r) => {
        r.write('.gitattributes', hostile)
        r.write('a.js', 'safe()\n')
        r.write('b.txt', 'b\n')
      },
      (r) => {
        r.write('a.js', 'steal()\n')
        r.write('b.txt', 'c\n')
      },
    )
    const patch = await repository.patch(base, tree)
    if (!patch.ok) throw new Error(patch.failure.message)
    expect(Buffer.from(patch.value.bytes).toString()).toContain('+steal()')
    expect(patch.value.files.map((file) => [file.path, file.binary])).toEqual([
      ['a.js', false],
      ['b.txt', false],
    ])
  })

  test('keeps names with line breaks, escapes, quotes, leading hyphens and bytes that are not UTF-8', async () => {
    const hostile = [
      'new\nline',
      'esc\x1b[31m',
      '-rf',
      'tab\there',
      '"quoted"',
      'a\\b',
      ' ',
      'ünï',
      ':(top)x',
      '*',
    ]
    const bytes = Buffer.concat([Buffer.from('caf'), Buffer.of(0xe9, 0xff)])
    const { repository, base, tree } = await changed(
      (r) => r.write('base', ''),
      (r) => {
        for (const name of hostile) r.write(name, `${name}\n`)
        writeFileSync(Buffer.concat([Buffer.from(`${r.directory}/`), bytes]), 'bytes\n')
      },
    )
    const patch = await repository.patch(base, tree)
    if (!patch.ok) throw new Error(patch.failure.message)
    expect(new Set(patch.value.files.map((file) => file.path))).toEqual(
      new Set([...hostile, 'caf\\xe9\\xff']),
    )
    expect(patch.value.files.filter((file) => file.pathBytes !== undefined)).toMatchObject([
      { path: 'caf\\xe9\\xff', pathBytes: bytes.toString('base64'), kind: 'added' },
    ])
    expect(await repository.apply(base, patch.value.bytes)).toEqual({ ok: true, value: tree })
    const without = await repository.restorePaths(base, tree, [...hostile, 'caf\\xe9\\xff'])
    expect(without).toBe(await repository.treeOf(base))
  })

  test('a file above the bound refuses with file_too_large and names it', async () => {
    const { repository, base, tree } = await changed(
      (r) => r.write('a', 'a'),
      (r) => r.write('big.bin', Buffer.alloc(BOUNDS.fileInPatch + 1)),
    )
    expect(await repository.patch(base, tree)).toMatchObject({
      ok: false,
      failure: {
        code: 'file_too_large',
        details: { path: 'big.bin', size: BOUNDS.fileInPatch + 1, limit: BOUNDS.fileInPatch },
      },
    })
  })

  test('too many files refuse with patch_too_large', async () => {
    const { repository, base, tree } = await changed(
      (r) => r.write('a', 'a'),
      (r) => {
        for (let at = 0; at <= BOUNDS.filesInPatch; at += 1) r.write(`many/${at}`, '')
      },
    )
    expect(await repository.patch(base, tree)).toMatchObject({
      ok: false,
      failure: { code: 'patch_too_large', details: { files: BOUNDS.filesInPatch + 1 } },
    })
  })

  test('too many bytes refuse with patch_too_large', async () => {
    const line = `${'x'.repeat(1023)}\n`
    const { repository, base, tree } = await changed(
      (r) => r.write('a', 'a'),
      (r) => {
        for (let at = 0; at < 4; at += 1) r.write(`text-${at}`, `${at}${line.repeat(9 * 1024)}`)
      },
    )
    expect(await repository.patch(base, tree)).toMatchObject({
      ok: false,
      failure: { code: 'patch_too_large' },
    })
  })
})

describe('restoring paths', () => {
  test('brings back, takes away and undoes type changes between file and directory', async () => {
    const { repository, base, tree } = await changed(
      (r) => {
        r.write('dir/inner', 'inner\n')
        r.write('file', 'file\n')
        r.write('edited', 'before\n')
      },
      (r) => {
        r.git('rm', '-rq', 'dir', 'file')
        r.write('dir', 'now a file\n')
        r.write('file/inner', 'now a directory\n')
        r.write('edited', 'after\n')
      },
    )
    expect(await repository.restorePaths(base, tree, ['dir/inner', 'file', 'edited'])).toBe(
      await repository.treeOf(base),
    )
    expect(await repository.restorePaths(base, tree, ['not-there', 'dir/*'])).toBe(tree)
    const some = await repository.restorePaths(base, tree, ['edited'])
    expect((await repository.changes(base, some)).map((change) => change.path)).toEqual([
      'dir',
      'dir/inner',
      'file',
      'file/inner',
    ])
  })
})

describe('applying', () => {
  test('onto a base that moved elsewhere merges, and names the files when it moved in the same place', async () => {
    const { source, repository, base, tree } = await changed(
      (r) => r.write('a.txt', `${LINES}\n`),
      (r) => r.write('a.txt', `${LINES.replace('line 20', 'line twenty')}\n`),
    )
    const patch = await repository.patch(base, tree)
    if (!patch.ok) throw new Error(patch.failure.message)
    source.git('checkout', '-q', 'main')
    source.write('a.txt', `new first line\n${LINES.replace('line 22', 'line two-and-twenty')}\n`)
    const near = source.commit('moved near')
    source.write('a.txt', `${LINES.replace('line 20', 'another line')}\n`)
    const same = source.commit('moved to the same place')
    await repository.fetch({ url: source.directory })

    expect(await repository.apply(near, patch.value.bytes)).toMatchObject({
      ok: false,
      failure: { code: 'base_moved', details: { files: ['a.txt'] } },
    })
    const merged = await repository.apply(near, patch.value.bytes, { threeWay: true })
    if (!merged.ok) throw new Error(merged.failure.message)
    const text = Buffer.from((await repository.readFile(merged.value, 'a.txt', 10_000)) ?? []).toString()
    expect([text.includes('line twenty'), text.includes('line two-and-twenty')]).toEqual([true, true])
    expect(await repository.apply(same, patch.value.bytes, { threeWay: true })).toMatchObject({
      ok: false,
      failure: { code: 'base_moved', rule: 'publish.base-moved', details: { files: ['a.txt'] } },
    })
  })

  test('a patch that writes into .git is refused', async () => {
    const { repository, base } = await changed(
      (r) => r.write('a', 'a'),
      (r) => r.write('a', 'b'),
    )
    const patch =
      'diff --git a/.git/config b/.git/config\nnew file mode 100644\n--- /dev/null\n+++ b/.git/config\n@@ -0,0 +1 @@\n+x\n'
    for (const name of ['.git/config', '.GIT/config', '../escape', 'git~1/config'])
      expect(await repository.apply(base, Buffer.from(patch.replaceAll('.git/config', name)))).toMatchObject({
        ok: false,
        failure: { code: 'base_moved' },
      })
  })
})

test('reading a file gives bytes, nothing for links and directories, and refuses above the bound', async () => {
  const { repository, base } = await changed(
    (r) => {
      r.write('dir/a.txt', 'text')
      symlinkSync('/etc/passwd', join(r.directory, 'link'))
    },
    (r) => r.write('b', ''),
  )
  const read = async (path: string) => (await repository.readFile(base, path, 10))?.toString()
  expect(
    await Promise.all(
      ['dir/a.txt', 'link', 'dir', 'missing', '../x'].map((path) => read(path).catch(() => 'refused')),
    ),
  ).toEqual(['text', undefined, undefined, undefined, 'refused'])
  await expect(repository.readFile(base, 'dir/a.txt', 3)).rejects.toMatchObject({
    failure: { code: 'file_too_large' },
  })
})
