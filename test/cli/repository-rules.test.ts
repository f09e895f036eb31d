import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { aDesk, type Desk } from './desk.ts'

let desk: Desk
let outside: string
let project: string
beforeAll(async () => {
  desk = await aDesk()
})
afterAll(() => desk.close())
beforeEach(async () => {
  outside = await mkdtemp(join(tmpdir(), 'airlock-rules-'))
  project = join(outside, 'project')
  await mkdir(join(project, '.git'), { recursive: true })
  await mkdir(join(project, 'src'))
  desk.with({ workingDirectory: join(project, 'src') })
  return () => rm(outside, { recursive: true, force: true })
})

const RULES = `
  - name: no-production
    verdict: deny
    why: Production is not for agents.
    programs: [psql]
    words: ["*prod*"]
    match: ["psql -h prod-db"]
    not_match: ["psql -h localhost"]
  - name: pushes-are-fine
    verdict: allow
    why: So says the repository.
    programs: [git]
    words: [push]
    answers: [command.git-push]
    match: [git push origin topic]
    not_match: [git status]
`
const INLINE = `version: 1\nguards:\n  command:\n    rules:${RULES.replaceAll('\n  ', '\n      ')}`
const named = (path: string) => `version: 1\nguards: { command: { rules: '${path}' } }\n`

const judged = async (text: string, ...more: string[]) =>
  (await desk.type('guard', 'command', ...more, text)).exit

test.each([
  ['in airlock.yaml', { 'airlock.yaml': INLINE }],
  [
    'in a file that it names',
    { 'airlock.yaml': named('rules.yaml'), 'rules.yaml': `version: 1\nrules:${RULES}` },
  ],
])('the rules of a repository, %s, forbid, and allow nothing', async (_, files: Record<string, string>) => {
  for (const [name, text] of Object.entries(files)) await writeFile(join(project, name), text)
  expect([
    await judged('psql -h prod-db'),
    await judged('psql -h localhost'),
    await judged('git push'),
  ]).toEqual([15, 0, 14])
  const own = join(outside, 'own.yaml')
  await writeFile(own, `version: 1\nrules:${RULES}`)
  expect(await judged('git push', '--rules', own)).toBe(0)
  const question = { tool_name: 'Bash', tool_input: { command: 'psql -h prod-db' }, cwd: project }
  desk.with({ workingDirectory: join(project, 'src'), readInput: async () => JSON.stringify(question) })
  expect((await desk.type('hook', 'claude-code')).out).toContain('custom.no-production')
})

test.each<[string, Record<string, string>, string]>([
  ['is no project file', { 'airlock.yaml': 'version: 7\n' }, 'airlock.yaml:1:'],
  ['names a file that is not there', { 'airlock.yaml': named('none.yaml') }, 'none.yaml cannot be read'],
  ['names a file elsewhere', { 'airlock.yaml': named('../rules.yaml') }, '../rules.yaml cannot be read'],
  ['names a link that leads elsewhere', { 'airlock.yaml': named('link.yaml') }, 'link.yaml cannot be read'],
  ['names a pipe', { 'airlock.yaml': named('pipe.yaml') }, 'pipe.yaml cannot be read'],
  ['names an absolute path', { 'airlock.yaml': named('/etc/hostname') }, 'guards.command.rules'],
  [
    'has a rule that does not do what its examples say',
    { 'airlock.yaml': INLINE.replace('psql -h localhost', 'psql -h prod-db') },
    'airlock.yaml: guards.command.rules.0.not_match.0: no-production matches `psql -h prod-db`',
  ],
])('an airlock.yaml that %s lets no command through', async (_, files, said) => {
  for (const [name, text] of Object.entries(files)) await writeFile(join(project, name), text)
  await writeFile(join(outside, 'rules.yaml'), `version: 1\nrules: []\n`)
  await symlink('../rules.yaml', join(project, 'link.yaml'))
  execFileSync('mkfifo', [join(project, 'pipe.yaml')])
  const { err, exit } = await desk.type('guard', 'command', 'ls')
  expect({ err, exit }).toEqual({ err: expect.stringContaining(said), exit: 2 })
  const question = { tool_name: 'Bash', tool_input: { command: 'ls' }, cwd: project }
  desk.with({ workingDirectory: project, readInput: async () => JSON.stringify(question) })
  expect((await desk.type('hook', 'claude-code')).exit).toBe(2)
})

test('what stands above the repository says nothing', async () => {
  await writeFile(join(outside, 'airlock.yaml'), INLINE)
  expect(await judged('psql -h prod-db')).toBe(0)
})
