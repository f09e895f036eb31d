import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { AgentReport } from '#agents/agent.ts'
import { toolbox } from '#agents/builtin/toolbox.ts'
import { compileScope } from '#guards/scope.ts'

let root: string
let workspace: string
let reports: AgentReport[]

beforeEach(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'airlock-tools-')))
  workspace = join(root, 'workspace')
  await mkdir(join(workspace, 'src'), { recursive: true })
  await mkdir(join(workspace, 'test'))
  await writeFile(join(workspace, 'src/a.js'), 'export const a = 1\nexport const b = 2\nexport const c = 2\n')
  await writeFile(join(workspace, 'test/a.test.js'), 'check(a)\n')
  await writeFile(join(root, 'secret.txt'), 'host secret\n')
  reports = []
})

afterEach(() => rm(root, { recursive: true, force: true }))

/** Calls a tool as the model would: its input goes through the schema first. */
async function call(name: keyof ReturnType<typeof toolbox>, input: unknown): Promise<unknown> {
  const guard = compileScope({ include: ['src/**'], exclude: ['src/generated/**'] }, ['test/**'])
  if (!guard.ok) throw new Error('bad scope')
  const tools = toolbox({
    workspace,
    objectionToWriting: (path) => {
      const decision = guard.value.decide(path)
      return decision.allowed
        ? undefined
        : { rule: decision.rule, reason: decision.reason, remedy: decision.remedy }
    },
    report: (report) => reports.push(report),
    alive: () => {},
    signal: new AbortController().signal,
  })
  const tool = tools[name] as unknown as {
    inputSchema: { parse(input: unknown): unknown }
    execute(input: unknown, options: unknown): Promise<unknown>
  }
  return tool.execute(tool.inputSchema.parse(input), { toolCallId: '1', messages: [] })
}

function text(path: string): Promise<string> {
  return readFile(join(workspace, path), 'utf8')
}

describe('edit', () => {
  it('replaces what occurs exactly once and reports the file', async () => {
    expect(await call('edit', { path: 'src/a.js', old: 'b = 2', new: 'b = 3' })).toEqual({
      edited: 'src/a.js',
      line: 2,
    })
    expect(await text('src/a.js')).toBe('export const a = 1\nexport const b = 3\nexport const c = 2\n')
    expect(reports).toEqual([{ kind: 'event', body: { kind: 'file', action: 'edited', path: 'src/a.js' } }])
  })

  it('takes dollar signs literally', async () => {
    await call('edit', { path: 'src/a.js', old: 'a = 1', new: "a = '$&$1'" })
    expect(await text('src/a.js')).toContain("a = '$&$1'")
  })

  it.each([
    ['text that is not there', 'missing', /does not occur/],
    ['text that is there twice', '= 2', /more than once/],
  ])('changes nothing for %s', async (_, old, message) => {
    expect(await call('edit', { path: 'src/a.js', old, new: 'x' })).toEqual({
      error: expect.stringMatching(message),
    })
    expect(reports).toEqual([])
  })

  it('refuses a new syntax error and says where it is', async () => {
    const result = await call('edit', { path: 'src/a.js', old: 'a = 1', new: 'a = (1' })
    expect(result).toEqual({
      refused: true,
      rule: 'edit.syntax',
      reason: expect.stringContaining('line 1'),
      remedy: expect.any(String),
    })
    expect(await text('src/a.js')).toContain('a = 1\n')
    expect(reports).toMatchObject([{ kind: 'refusal', refusal: { rule: 'edit.syntax', boundary: 'edit' } }])
  })

  it('tolerates a file that was broken before', async () => {
    await writeFile(join(workspace, 'src/broken.js'), 'if (a { }\nlet b = 1\n')
    expect(await call('edit', { path: 'src/broken.js', old: 'b = 1', new: 'b = 2' })).toMatchObject({
      edited: 'src/broken.js',
    })
  })

  it('refuses to rewrite a long file whole', async () => {
    const long = 'const x = 1\n'.repeat(200)
    await writeFile(join(workspace, 'src/long.js'), long)
    expect(await call('edit', { path: 'src/long.js', old: long, new: 'y()\n' })).toMatchObject({
      refused: true,
      rule: 'edit.whole-file',
    })
  })

  it.each([
    ['test/a.test.js', 'scope.protected'],
    ['src/generated/x.js', 'scope.exclude'],
    ['package.json', 'scope.write'],
    ['.git/config', 'scope.git'],
    ['../secret.txt', 'scope.path-outside'],
    ['/etc/passwd', 'scope.path-outside'],
    ['src/../../secret.txt', 'scope.path-outside'],
    ['src/\u0000x', 'scope.path-outside'],
  ])('refuses to write %j by %s', async (path, rule) => {
    expect(await call('edit', { path, old: 'a', new: 'b' })).toMatchObject({ refused: true, rule })
    expect(await call('create', { path, text: 'b' })).toMatchObject({ refused: true, rule })
    expect(reports).toMatchObject([{ refusal: { rule } }, { refusal: { rule } }])
  })
})

describe('links in the workspace', () => {
  it.each(['read', 'edit', 'create', 'list', 'search'] as const)(
    '%s follows none out of it',
    async (name) => {
      await symlink(root, join(workspace, 'src/out'))
      const inputs = {
        read: { path: 'src/out/secret.txt' },
        edit: { path: 'src/out/secret.txt', old: 'host', new: 'x' },
        create: { path: 'src/out/new.txt', text: 'x' },
        list: { directory: 'src/out' },
        search: { directory: 'src/out', pattern: 'secret' },
      }
      expect(await call(name, inputs[name])).toMatchObject({ refused: true, rule: 'scope.path-outside' })
    },
  )

  it('create follows no dangling link and no circle', async () => {
    await symlink(join(root, 'new.txt'), join(workspace, 'src/dangling'))
    await symlink('loop', join(workspace, 'src/loop'))
    for (const path of ['src/dangling', 'src/loop', 'src/loop/x'])
      expect(await call('create', { path, text: 'x' })).toMatchObject({
        refused: true,
        rule: 'scope.path-outside',
      })
  })

  it('judges a link inside the workspace by where it leads', async () => {
    await symlink('../test/a.test.js', join(workspace, 'src/link.js'))
    expect(await call('edit', { path: 'src/link.js', old: 'check', new: 'skip' })).toMatchObject({
      refused: true,
      rule: 'scope.protected',
    })
  })
})

describe('create', () => {
  it('writes a new file with its directories', async () => {
    expect(await call('create', { path: 'src/new/b.js', text: 'export {}\n' })).toEqual({
      created: 'src/new/b.js',
    })
    expect(await text('src/new/b.js')).toBe('export {}\n')
  })

  it('never replaces a file', async () => {
    expect(await call('create', { path: 'src/a.js', text: 'export {}\n' })).toMatchObject({
      refused: true,
      rule: 'edit.whole-file',
    })
    expect(await text('src/a.js')).toContain('a = 1')
  })
})

describe('read, list and search', () => {
  it('reads a range of lines with numbers', async () => {
    expect(await call('read', { path: 'src/a.js', from: 2, to: 3 })).toEqual({
      path: 'src/a.js',
      lines: 4,
      text: '2\texport const b = 2\n3\texport const c = 2',
    })
  })

  it('says plainly what it cannot read, and does not hang on a pipe', async () => {
    await writeFile(join(workspace, 'src/image'), Buffer.from([1, 0, 2]))
    await writeFile(join(workspace, 'src/latin'), Buffer.from([0xe9, 0x0a]))
    execFileSync('mkfifo', [join(workspace, 'src/pipe')])
    for (const path of ['src/none.js', 'src', 'src/image', 'src/latin', 'src/pipe'])
      expect(await call('read', { path })).toEqual({ error: expect.any(String) })
  })

  it('lists by glob', async () => {
    expect(await call('list', {})).toEqual({ files: ['src/a.js', 'test/a.test.js'] })
    expect(await call('list', { glob: '**/*.test.js' })).toEqual({ files: ['test/a.test.js'] })
  })

  it('searches literally and by expression', async () => {
    const line = 'src/a.js:1: export const a = 1'
    expect(await call('search', { pattern: 'a = 1' })).toEqual({ matches: [line] })
    expect(await call('search', { pattern: 'A = \\d', regex: true, ignoreCase: true })).toEqual({
      matches: [line],
    })
    expect(await call('search', { pattern: 'c = .', regex: false })).toEqual({ matches: [] })
    expect(await call('search', { pattern: '(', regex: true })).toEqual({ error: expect.any(String) })
    expect(await call('search', { pattern: 'check(a)-[x]/{2}|$' })).toEqual({ matches: [] })
  })

  it('survives an expression that backtracks for ever', async () => {
    await writeFile(join(workspace, 'src/slow.txt'), `${'a'.repeat(60)}!\n`)
    expect(await call('search', { pattern: '^(a+)+$', regex: true })).toEqual({ matches: [] })
  })
})

describe('shell', () => {
  it('runs in the workspace and reports the command', async () => {
    expect(await call('shell', { command: 'pwd; echo no >&2; exit 3' })).toEqual({
      exitCode: 3,
      output: expect.stringContaining(workspace),
    })
    expect(reports).toMatchObject([{ body: { kind: 'command', exitCode: 3, phase: 'run' } }])
  })

  it('ends what takes too long, with everything it started', async () => {
    const result = await call('shell', { command: '(sleep 60 & echo $! > child; sleep 60)', seconds: 1 })
    expect(result).toEqual({ exitCode: null, timedOut: true, output: '' })
    const child = (await text('child')).trim()
    expect(await readFile(`/proc/${child}/stat`, 'utf8').catch(() => 'gone')).toMatch(/^gone$|\) Z /)
  })

  it('does not wait for a background job that holds the output open', async () => {
    expect(await call('shell', { command: 'sleep 20 & echo started; kill $! ' })).toMatchObject({
      exitCode: 0,
    })
  })

  it('cuts the middle out of long output', async () => {
    const result = await call('shell', { command: 'seq 1 20000' })
    expect(result).toEqual({
      exitCode: 0,
      output: expect.stringMatching(/^1\n2\n[\s\S]*bytes left out[\s\S]*\n20000\n$/),
    })
    expect(JSON.stringify(result).length).toBeLessThan(50_000)
  })

  it('refuses what the command guard refuses, asks included, before it runs', async () => {
    for (const command of ['cat /etc/shadow', '$X run', 'touch ran; git push'])
      expect(await call('shell', { command })).toMatchObject({
        refused: true,
        rule: expect.stringMatching(/^command\./),
      })
    expect(await call('list', { glob: 'ran' })).toEqual({ files: [] })
    expect(reports).toMatchObject(Array(3).fill({ kind: 'refusal', refusal: { boundary: 'command' } }))
  })
})
