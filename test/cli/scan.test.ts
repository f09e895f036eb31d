import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { changedFiles } from '#forge/git/changed-files.ts'
import { rootOf } from '#forge/git/local-repository.ts'
import { aDesk, type Desk } from './desk.ts'

const EVAL = 'eval(req.body.code)\n'
let desk: Desk
let project: string

beforeAll(async () => {
  desk = await aDesk()
  project = await mkdtemp(join(tmpdir(), 'airlock-scan-'))
  await mkdir(join(project, 'src'))
  await mkdir(join(project, 'node_modules/x'), { recursive: true })
  await writeFile(join(project, 'src/old.js'), EVAL)
  await writeFile(join(project, 'node_modules/x/index.js'), EVAL)
  await writeFile(join(project, 'logo.png'), new Uint8Array([137, 80, 78, 71, 0, 0]))
  git('init', '-q')
  git('add', 'src')
  git('-c', 'user.name=Ada', '-c', 'user.email=ada@example.com', 'commit', '-qm', 'First')
  desk.with({
    workingDirectory: project,
    changedFiles,
    git: {
      rootOf,
      isDirty: unused,
      currentBranch: unused,
      commitId: unused,
      evidenceNote: unused,
      commitFacts: unused,
    },
  })
})
afterAll(async () => {
  await desk.close()
  await rm(project, { recursive: true, force: true })
})

describe('airlock scan', () => {
  test('looks through a tree, says what blocks and why, and passes over what is not ours', async () => {
    const { out, exit } = await desk.type('scan')
    expect(exit).toBe(16)
    expect(out).toContain('src/old.js:1:1  critical  Code injection  javascript.code-injection, CWE-95')
    expect(out).toContain('Fix: Parse the data')
    expect(out).toContain('1 finding blocks in 1 file. Passed over: 1 vendored, 1 not text.')
  })

  test('tells programs the same as JSON and as SARIF', async () => {
    const told = JSON.parse((await desk.type('scan', 'src', '--json')).out)
    expect(told).toMatchObject({ verdict: 'block', blocking: 1, findings: [{ path: 'src/old.js', line: 1 }] })
    const sarif = JSON.parse((await desk.type('scan', 'src', '--sarif', '-')).out)
    expect(sarif.runs[0].results).toHaveLength(1)
    await desk.type('scan', 'src', '--sarif', 'out.sarif')
    expect(JSON.parse(await readFile(join(project, 'out.sarif'), 'utf8'))).toEqual(sarif)
    await rm(join(project, 'out.sarif'))
  })

  test('asks for less than --severity only when it is told to', async () => {
    await writeFile(join(project, 'src/log.js'), 'console.log(req.query.name)\n')
    expect((await desk.type('scan', 'src/log.js')).exit).toBe(0)
    expect((await desk.type('scan', 'src/log.js', '--severity', 'low')).exit).toBe(16)
    expect((await desk.type('scan', 'src/log.js', '--all')).out).toContain('Log injection')
    await rm(join(project, 'src/log.js'))
  })

  test('holds nothing against anybody that a baseline knows', async () => {
    expect((await desk.type('scan', '--baseline', 'known.json', '--write-baseline')).exit).toBe(0)
    const { out, exit } = await desk.type('scan', '--baseline', 'known.json')
    expect({ exit, out }).toEqual({ exit: 0, out: expect.stringContaining('1 known before.') })
    expect((await desk.type('scan', '--baseline', 'package.json')).exit).toBe(2)
    await rm(join(project, 'known.json'))
  })

  test('of a change tells only what the change wrote', async () => {
    await writeFile(join(project, 'src/old.js'), `${EVAL}const a = 1\n`)
    expect((await desk.type('scan', '--diff', 'HEAD', 'src')).exit).toBe(0)
    await writeFile(join(project, 'src/new ü.js'), EVAL)
    await writeFile(
      join(project, 'src/old.js'),
      `${EVAL}const a = 1\nsetTimeout("f('" + req.query.x + "')", 1)\n`,
    )
    const { out, exit } = await desk.type('scan', '--diff', 'HEAD', 'src')
    expect(exit).toBe(16)
    expect(out).toContain('src/new ü.js:1:1')
    expect(out).toContain('src/old.js:3:1')
    expect(out).not.toContain('src/old.js:1:1')
  })

  test('looks at what is staged, and not at what is not', async () => {
    expect((await desk.type('scan', '--staged')).out).toContain('Nothing that blocks in 0 files.')
    git('add', 'src')
    await writeFile(join(project, 'src/new ü.js'), 'const a = 1\n')
    const { out, exit } = await desk.type('scan', '--staged')
    expect(exit).toBe(16)
    expect(out).toContain('src/new ü.js:1:1')
  })

  test('blocks a changed file that nobody can look at', async () => {
    await writeFile(join(project, 'src/bad.js'), new Uint8Array([0xff, 0xfe, 0x41, 0x0a]))
    const { out, exit } = await desk.type('scan', '--diff', 'HEAD', 'src/bad.js')
    expect({ exit, out }).toEqual({ exit: 16, out: expect.stringContaining('airlock.could-not-scan') })
    expect((await desk.type('scan', 'src/bad.js')).exit).toBe(0)
    await rm(join(project, 'src/bad.js'))
  })

  test("lets another scanner's findings block", async () => {
    const log = {
      version: '2.1.0',
      runs: [
        {
          tool: { driver: { name: 'Other' } },
          results: [
            {
              ruleId: 'x1',
              level: 'error',
              message: { text: 'Something is wrong.' },
              locations: [
                { physicalLocation: { artifactLocation: { uri: 'a.c' }, region: { startLine: 7 } } },
              ],
            },
          ],
        },
      ],
    }
    await writeFile(join(project, 'other.sarif'), JSON.stringify(log))
    const { out, exit } = await desk.type('scan', 'logo.png', '--import', 'other.sarif')
    expect({ exit, out }).toEqual({
      exit: 16,
      out: expect.stringContaining('a.c:7:1  high  Reported by another scanner  x1'),
    })
    await writeFile(join(project, 'other.sarif'), '{}')
    expect((await desk.type('scan', 'logo.png', '--import', 'other.sarif')).exit).toBe(2)
  })

  test('answers each line of JSON Lines, the broken ones as well', async () => {
    const lines = [
      { id: 'a', text: EVAL, lang: 'js' },
      { id: 'b', text: 'x = 1', lang: 'python' },
      { id: 'c', path: 'src/none.js' },
      { id: 'd', text: 'x', lang: 'cobol' },
    ].map((item) => JSON.stringify(item))
    desk.with({ workingDirectory: project, readInput: async () => [...lines, 'no'].join('\n') })
    const { out, exit } = await desk.type('scan')
    expect(exit).toBe(16)
    const told = out.split('\n').map((line) => JSON.parse(line))
    expect(told.map(({ id, verdict, class: kind }) => [id, verdict, kind])).toEqual([
      ['a', 'flag', 'code-injection'],
      ['b', 'allow', null],
      ['c', 'flag', 'unreadable'],
      ['d', 'flag', 'unreadable'],
      [5, 'flag', 'unreadable'],
    ])
    expect(told[0]).toMatchObject({
      rule: 'javascript.code-injection',
      cwe: 95,
      line: 1,
      reason: expect.any(String),
    })
  })
})

function git(...words: string[]): void {
  execFileSync('git', words, { cwd: project, stdio: 'ignore' })
}

function unused(): never {
  throw new Error('not asked')
}
