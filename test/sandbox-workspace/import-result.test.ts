import { existsSync, mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { BOUNDS } from '#contract/bounds.ts'
import { chooseCandidates } from '#sandbox/import-candidates.ts'
import { importRig } from './import-rig.ts'

test('edits, additions, removals, modes, links and type changes come in exactly', async () => {
  const rig = await importRig((source) => {
    for (const name of ['edit', 'gone', 'mode', 'dir/inner', 'file', 'to-link'])
      source.write(name, `${name}\n`)
  })
  await rig.agent(`
    echo edited > edit; rm gone; chmod 755 mode; ln -sf edit to-link
    rm -r dir; echo now a file > dir
    rm file; mkdir file; echo now a directory > file/inner
    mkdir -p deep/er; echo new > deep/er/new
    printf 'a\\r\\nb\\0c' > bytes
  `)
  expect(await rig.take()).toEqual({
    changed: {
      bytes: '000000-100644',
      'deep/er/new': '000000-100644',
      dir: '000000-100644',
      'dir/inner': '100644-000000',
      edit: '100644-100644',
      file: '100644-000000',
      'file/inner': '000000-100644',
      gone: '100644-000000',
      mode: '100644-100755',
      'to-link': '100644-120000',
    },
    undone: {},
  })
})

test('a workspace in which nothing changed gives the base tree, whatever its times say', async () => {
  const rig = await importRig((source) => source.write('a', 'a\n'))
  await rig.agent('touch a; cp a b; mv b a; git commit -q --allow-empty -m mine; git checkout -q -b other')
  expect(await rig.take()).toEqual({ changed: {}, undone: {} })
})

test('a change that keeps size and times is seen', async () => {
  const rig = await importRig((source) => source.write('a', 'aaaa\n'))
  await rig.agent('touch -r a /tmp/stamp; printf "bbbb\\n" > a; touch -r /tmp/stamp a')
  expect((await rig.take()).changed).toEqual({ a: '100644-100644' })
})

test('nothing that the agent configures for git is executed or obeyed at import', async () => {
  const rig = await importRig((source) => {
    source.write('a.txt', 'a\n')
    source.write('sub/b.txt', 'b\n')
  })
  await rig.agent(`
    cat > /workspace/trap.sh <<'TRAP'
#!/bin/sh
touch /workspace/sprung /srv/import.git/sprung
TRAP
    chmod +x trap.sh
    for key in core.fsmonitor filter.evil.clean filter.evil.smudge filter.evil.process diff.evil.textconv diff.external \\
      core.sshCommand core.pager gpg.program core.alternateRefsCommand merge.evil.driver core.editor
    do git config $key /workspace/trap.sh; done
    git config filter.evil.required true
    git config core.hooksPath /workspace/hooks; mkdir hooks; cp trap.sh hooks/post-index-change; cp trap.sh hooks/pre-commit
    mkdir -p .git/hooks; cp trap.sh .git/hooks/post-index-change
    git config core.worktree /etc
    git config core.excludesFile /workspace/hide-all; echo '*' > hide-all; mkdir -p .git/info; echo '*' > .git/info/exclude
    echo /etc > .git/objects/info/alternates
    echo '* filter=evil diff=evil merge=evil eol=crlf ident working-tree-encoding=UTF-16' > .gitattributes
    printf 'x $Id$\\n' > a.txt
    echo c > sub/c.txt
  `)
  const taken = await rig.take()
  expect(existsSync(`${rig.workspace.path}/sprung`)).toBe(false)
  expect(taken).toEqual({
    changed: {
      '.gitattributes': '000000-100644',
      'a.txt': '100644-100644',
      'hide-all': '000000-100644',
      'hooks/post-index-change': '000000-100755',
      'hooks/pre-commit': '000000-100755',
      'sub/c.txt': '000000-100644',
      'trap.sh': '000000-100755',
    },
    undone: {},
  })
})

test('a .git that was replaced by a file, by a link or removed plays no part', async () => {
  for (const script of ['echo "gitdir: /etc" > .git', 'ln -s /etc .git', 'true']) {
    const rig = await importRig((source) => source.write('a', 'a\n'))
    await rig.agent(`rm -rf .git; ${script}; echo b > b`)
    expect((await rig.take()).changed, script).toEqual({ b: '000000-100644' })
  }
})

test('only the ignore rules of the base count', async () => {
  const rig = await importRig((source) => {
    source.write('.gitignore', 'build/\n*.log\n')
    source.write('tracked.log', 'tracked although ignored\n')
    source.git('add', '-f', 'tracked.log')
  })
  await rig.agent(`
    mkdir -p build src; echo out > build/out; echo x > a.log; echo edited > tracked.log
    echo 'src/' >> .gitignore; echo '*' > src/.gitignore; echo new > src/new.ts
  `)
  expect((await rig.take()).changed).toEqual({
    '.gitignore': '100644-100644',
    'src/.gitignore': '000000-100644',
    'src/new.ts': '000000-100644',
    'tracked.log': '100644-100644',
  })
})

test('nested repositories, pipes, sockets, unreadable and oversize files are left out and named', async () => {
  const rig = await importRig((source) => {
    source.write('tracked/a', 'a\n')
    source.write('tracked/b', 'b\n')
    source.write('becomes-pipe', 'x\n')
    source.write('locked/inner', 'x\n')
  })
  await rig.agent(`
    git init -q nested; echo hidden > nested/source.ts; (cd nested; git add -A; git -c user.name=a -c user.email=a commit -q -m x)
    git init -q tracked; echo edited > tracked/a; echo new > tracked/new
    mkfifo pipe; rm becomes-pipe; mkfifo becomes-pipe
    echo secret > closed; chmod 000 closed
    chmod 000 locked
    truncate -s ${BOUNDS.fileInPatch + 1} big
    truncate -s 1G tracked/sparse
    echo ok > fine
  `)
  expect(await rig.take()).toEqual({
    changed: { fine: '000000-100644', 'tracked/a': '100644-100644', 'tracked/new': '000000-100644' },
    undone: {
      'becomes-pipe': 'import.special-file',
      big: 'import.file-size',
      closed: 'import.unreadable',
      locked: 'import.unreadable',
      'nested/': 'import.nested-repository',
      pipe: 'import.special-file',
      'tracked/sparse': 'import.file-size',
    },
  })
})

test('links that leave, directories that became links, and look-alikes of .git are undone', async () => {
  const rig = await importRig((source) => {
    source.write('src/a', 'a\n')
    source.write('src/b', 'b\n')
  })
  await rig.agent(`
    ln -s /etc/passwd absolute; ln -s ../../x climbing; ln -s src/a fine
    rm -r src; ln -s /etc src
    mkdir .GIT .Git; echo '[core]' > .GIT/config; echo x > .Git/hooks; echo x > 'git~1'
    printf '[submodule "x"]\\n\\turl = -u./payload\\n\\tpath = x\\n' > .gitmodules
  `)
  expect(await rig.take()).toEqual({
    changed: { fine: '000000-120000', 'src/a': '100644-000000', 'src/b': '100644-000000' },
    undone: {
      '.GIT/config': 'import.git-name',
      '.Git/hooks': 'import.git-name',
      '.gitmodules': 'import.submodule',
      absolute: 'import.link',
      climbing: 'import.link',
      'git~1': 'import.git-name',
      src: 'import.link',
    },
  })
})

test('names with line breaks, escapes, hyphens, globs and bytes that are not UTF-8 come in as they are', async () => {
  const rig = await importRig((source) => source.write('a', 'a\n'))
  await rig.agent(String.raw`
    n=$(printf 'new\nline'); echo x > "$n"
    e=$(printf 'esc\033[31m'); echo x > "$e"
    b=$(printf 'caf\351'); echo x > "$b"
    echo x > ./-rf; echo x > '*'; echo x > ':(top)y'; echo x > ' '; echo x > '"q"'
  `)
  expect(Object.keys((await rig.take()).changed).sort()).toEqual(
    [' ', '"q"', '*', '-rf', ':(top)y', 'caf\\xe9', 'esc\x1b[31m', 'new\nline'].sort(),
  )
})

test('a list that is not of the form asked for gives no candidates', () => {
  for (const text of ['', 'x\0', '\0\0', '\0\0\0\0', '\0\0\0x', '\0a\0'])
    expect(chooseCandidates(Buffer.from(text)), JSON.stringify(text)).toBeUndefined()
  expect(chooseCandidates(Buffer.from('\0\0\0'))).toEqual({ deleted: [], changed: [], count: 0, undone: [] })
})

test('a submodule of the base stays as it is, whatever happens in its directory', async () => {
  for (const script of [
    'true',
    'rmdir sub',
    'echo x > sub/file',
    'rm -r sub; git init -q sub',
    'rm -r sub; echo a file > sub',
  ]) {
    const rig = await importRig((source) => {
      source.write('a', 'a\n')
      source.git('update-index', '--add', '--cacheinfo', `160000,${'1'.repeat(40)},sub`)
      mkdirSync(join(source.directory, 'sub'))
    })
    await rig.agent(`${script}; echo b > a`)
    expect((await rig.take()).changed, script).toEqual({ a: '100644-100644' })
  }
})

test('more changed files than an import takes refuse with patch_too_large', async () => {
  const rig = await importRig((source) => source.write('a', 'a\n'))
  await rig.agent('mkdir many; cd many; seq 20001 | xargs touch')
  await expect(rig.take()).rejects.toThrow('patch_too_large')
})

test('an import that is cancelled ends its sandbox and says so', async () => {
  const rig = await importRig((source) => source.write('a', 'a\n'))
  await expect(rig.take(AbortSignal.abort())).rejects.toThrow('cancelled')
})

test('an import leaves no scratch directory behind', async () => {
  const rig = await importRig((source) => source.write('a', 'a\n'))
  await rig.agent('echo b > b')
  await rig.take()
  expect(readdirSync(rig.scratch)).toEqual([])
})
