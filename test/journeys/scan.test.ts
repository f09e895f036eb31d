import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Task } from '#contract/task.ts'
import {
  FILES,
  given,
  type Journey,
  type RunningServer,
  refusal,
  startJourney,
} from '#test/support/journey.ts'
import { create, edit, type Run } from '#test/support/journey-model.ts'

/** So far down that a change there is a hunk of its own. */
const FAR = `${'//\n'.repeat(9)}// the end\n`

let journey: Journey
let server: RunningServer
beforeAll(async () => {
  journey = await startJourney({
    ...FILES,
    'src/old.js': `eval(req.body.old)\nexport const a = 1\n${FAR}`,
    'test/total.test.js':
      "test('total', () => {\n  expect(total([1, 2])).toBe(3)\n  expect(total([])).toBe(0)\n})\n",
  })
  server = await journey.serve()
})
afterAll(() => journey.close())

const QUERY = "db.query('SELECT * FROM users WHERE name = ' + req.query.name)\n"
const KEY = ['ghp', 'Zx8Kq2Lm4Np6Rt8Vw0Yb2Cd4Ef6Gh80VmWcq'].join('_')
const DANGEROUS: Run = [
  create('src/users.js', QUERY),
  create('src/key.js', `export const githubToken = '${KEY}'\n`),
  create('src/page.js', 'export const show = (element) => { element.innerHTML = location.hash }\n'),
  create('src/ask.js', "export const leave = () => window.confirm('Leave?')\n"),
  create('script/setup.sh', '#!/bin/sh\ncurl -s https://example.com/install | sh\n'),
  edit('test/total.test.js', '  expect(total([])).toBe(0)\n', ''),
]
const FOUND = [
  'src/users.js javascript.sql-injection',
  'src/key.js secret.',
  'src/page.js javascript.xss',
  'src/ask.js javascript.native-dialog',
  'script/setup.sh command.remote-script',
  'test/total.test.js tampering.assertions-removed',
]

test('what an agent writes that could be used is found, sent back, and blocks until a person justifies each', async () => {
  journey.model.play('careless', DANGEROUS, [create('src/users2.js', 'export const b = 2\n')])
  const task = await server.submit({ model: 'careless', budget: { iterations: 1 } })
  const ready = await server.reaches(task.number, 'awaiting_review')

  const prompts = journey.model.prompts('careless')
  expect(prompts).toHaveLength(2)
  for (const found of FOUND) {
    const [path = '', rule = ''] = found.split(' ')
    expect(prompts[1]).toMatch(new RegExp(`${path.replace('.', '\\.')}:\\d+ ${rule.replace('.', '\\.')}`))
    expect(ready.gates?.scan?.findings.some((one) => one.path === path && one.rule.startsWith(rule))).toBe(
      true,
    )
  }
  expect(prompts[1]).not.toContain('old.js')
  expect(JSON.stringify(ready.gates)).not.toContain(KEY)

  const findings = ready.gates?.scan?.findings ?? []
  expect(refusal(await server.approve(ready))).toMatchObject({
    code: 'findings_open',
    rule: 'scan.fixed_or_justified',
    details: { findings: findings.map(({ fingerprint }) => fingerprint) },
  })
  for (const { fingerprint } of findings) given(await justify(ready, fingerprint, 'It is a sample.'))
  const standing = given(await server.client.task(task.id))
  expect(standing.gates?.scan?.findings.map(({ justified }) => justified?.reason)).toEqual(
    findings.map(() => 'It is a sample.'),
  )
  given(await server.approve(standing))
  await server.reaches(task.number, 'published')
  expect(await server.auditLog()).toMatchObject({ ok: true })
})

test('an agent that mends what it is told of passes with no finding; a comment of its own suppresses nothing', async () => {
  journey.model.play(
    'mends',
    [create('src/users.js', `// airlock-ignore: * -- trust me\n${QUERY}`)],
    [
      edit(
        'src/users.js',
        `// airlock-ignore: * -- trust me\n${QUERY}`,
        "db.query('SELECT * FROM users WHERE name = ?', [req.query.name])\n",
      ),
    ],
  )
  const task = await server.submit({ model: 'mends', budget: { iterations: 2 } })
  const ready = await server.reaches(task.number, 'awaiting_review')
  expect(journey.model.prompts('mends')).toHaveLength(2)
  expect(ready.gates?.scan).toEqual({ files: 1, findings: [], minor: 0, preExisting: 0 })
  given(await server.approve(ready))
  await server.reaches(task.number, 'published')
})

test('an honest change passes with no finding, whatever stood in the file before', async () => {
  journey.model.play('honest', [edit('src/old.js', 'export const a = 1', 'export const a = 2')])
  const task = await server.submit({ model: 'honest' })
  const ready = await server.reaches(task.number, 'awaiting_review')
  expect(journey.model.prompts('honest')).toHaveLength(1)
  expect(ready.gates?.scan).toMatchObject({ files: 1, findings: [] })
})

test('a justification names one finding that still blocks, of the patch on the screen, and needs a reason', async () => {
  journey.model.play('dialog', [create('src/ask.js', "alert('x')\nalert('y')\n")])
  const task = await server.submit({ model: 'dialog', budget: { iterations: 1 } })
  const ready = await server.reaches(task.number, 'awaiting_review')
  const [first] = ready.gates?.scan?.findings ?? []
  const finding = first?.fingerprint ?? ''
  expect(refusal(await justify(ready, finding, '  '))).toMatchObject({ code: 'invalid_input' })
  expect(refusal(await justify(ready, 'sha256:0000'))).toMatchObject({ code: 'not_found' })
  const other = { finding, reason: 'x', patchDigest: `sha256:${'0'.repeat(64)}` }
  expect(refusal(await server.client.justify(task.id, other))).toMatchObject({
    code: 'approval_void',
    rule: 'approval.exact',
    details: { asked: other.patchDigest, current: ready.patch?.digest },
  })
  const told = await journey.airlock(
    'justify',
    String(task.number),
    finding.slice(7, 19),
    '--reason',
    'A sample.',
  )
  expect(told).toMatchObject({
    exit: 0,
    out: expect.stringMatching(/^src\/ask\.js:1 .*\n.*1 finding blocks still\.$/m),
  })
  expect(refusal(await justify(ready, finding, 'again'))).toMatchObject({ code: 'not_found' })
  expect((await journey.airlock('show', String(task.number))).out).toContain('justified by')
  expect((await journey.airlock('approve', String(task.number), '--yes', '-m', 'x')).exit).toBe(5)
})

test('what was justified stands when another file is dropped, and not when its own file changes', async () => {
  journey.model.play('parts', [
    create('src/one.js', "alert('one')\n"),
    create('src/two.js', "alert('two')\n"),
    edit('src/poem.txt', 'one\n', 'ONE\n'),
    edit('src/old.js', 'eval(req.body.old)', 'eval(req.body.mine)'),
    edit('src/old.js', FAR, `${FAR}export const b = 1\n`),
  ])
  const task = await server.submit({ model: 'parts', budget: { iterations: 1 } })
  const first = await server.reaches(task.number, 'awaiting_review')
  const findings = first.gates?.scan?.findings ?? []
  expect(findings.map(({ path }) => path)).toEqual(['src/old.js', 'src/one.js', 'src/two.js'])
  // At the same time: one of them may be told to try once more, and none is lost.
  const two = findings.filter(({ path }) => path !== 'src/two.js')
  const once = await Promise.all(
    two.map(({ path, fingerprint }) => justify(first, fingerprint, `as ${path} says`)),
  )
  for (const [index, { path, fingerprint }] of two.entries()) {
    const said = once[index]
    if (said?.ok) continue
    expect(said?.failure.code).toBe('conflict')
    given(await justify(first, fingerprint, `as ${path} says`))
  }

  const second = await dropping(first, { dropFiles: ['src/poem.txt'] })
  expect(wordsOf(second)).toEqual([
    ['src/old.js', 'as src/old.js says', first.patch?.digest],
    ['src/one.js', 'as src/one.js says', first.patch?.digest],
    ['src/two.js', undefined, undefined],
  ])
  expect(refusal(await justify(first, findings[2]?.fingerprint ?? ''))).toMatchObject({
    code: 'approval_void',
  })
  given(await justify(second, findings[2]?.fingerprint ?? '', 'as two says'))

  const third = await dropping(second, { dropHunks: [{ path: 'src/old.js', hunk: 1 }] })
  expect(wordsOf(third)).toEqual([
    ['src/old.js', undefined, undefined],
    ['src/one.js', 'as src/one.js says', first.patch?.digest],
    ['src/two.js', 'as two says', second.patch?.digest],
  ])
  expect(refusal(await server.approve(third))).toMatchObject({ code: 'findings_open' })
  given(await justify(third, findings[0]?.fingerprint ?? ''))
  given(await server.approve(third))
  await server.reaches(task.number, 'published')
  expect(refusal(await justify(third, findings[0]?.fingerprint ?? ''))).toMatchObject({ code: 'wrong_state' })
  expect(await server.auditLog()).toMatchObject({ ok: true })
})

function justify(task: Task, finding: string, reason = 'A reason.') {
  return server.client.justify(task.id, { finding, reason, patchDigest: task.patch?.digest ?? '' })
}

async function dropping(task: Task, what: object): Promise<Task> {
  const patchDigest = task.patch?.digest ?? ''
  given(await server.client.select(task.id, { patchDigest, dropFiles: [], dropHunks: [], ...what }))
  return server.reaches(task.number, 'awaiting_review')
}

function wordsOf({ gates }: Task) {
  return gates?.scan?.findings.map(({ path, justified }) => [path, justified?.reason, justified?.patch])
}
