import { chmod, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { tokenFile } from '#cli/server-record.ts'
import { digestOf } from '#kernel/bytes.ts'
import { anEvent, aTask, PATCH } from '../http/fake-application.ts'
import { aDesk, type Desk } from './desk.ts'

let desk: Desk

beforeEach(async () => {
  desk = await aDesk()
})

afterEach(() => desk.close())

function calls(name: string): unknown[] {
  return desk.house.application.calls.filter((call) => call.name === name).map((call) => call.input)
}

describe('asking for a change', () => {
  test('connects the repository, asks, shows what happens and ends when it waits for a person', async () => {
    const { application } = desk.house
    application.submitTask = async (_actor, request) => {
      const task = aTask(2, { intent: request.intent, state: 'queued' })
      application.tasks.push(task)
      setTimeout(() => {
        application.emit(anEvent(1, { kind: 'state', from: 'queued', to: 'running' }, task.id))
        application.emit(anEvent(2, { kind: 'message', text: 'I look\nat it' }, task.id))
        application.emit(
          anEvent(3, { kind: 'command', command: 'npm test', exitCode: 1, phase: 'run' }, task.id),
        )
        application.emit(
          anEvent(
            4,
            {
              kind: 'refusal',
              refusal: {
                rule: 'network.none',
                boundary: 'network',
                what: 'curl https://evil.example',
                reason: 'There is no network here.',
                remedy: 'Nothing: agents have none.',
              },
            },
            task.id,
          ),
        )
        application.emit(anEvent(5, { kind: 'state', from: 'checking', to: 'awaiting_review' }, task.id))
      }, 20)
      return { ok: true, value: task }
    }
    const { out, err, exit } = await desk.type('run', 'fix it', '--scope', 'src/**', '--budget', '0.50')
    expect(calls('createProject')).toEqual([[{ url: '/home/ada/shop', protectedBranches: [] }]])
    expect([err, exit]).toEqual(['', 0])
    expect(out).toContain('Task 2  fix it')
    expect(out).toContain(' 0:00 ◐ running')
    expect(out).toContain('▏I look')
    expect(out).toContain('$ npm test  exit 1')
    expect(out).toContain(' REFUSED  network.none')
    expect(out).toContain('Would be allowed: Nothing: agents have none.')
    expect(out).toContain('airlock approve 2')
  })

  test('says what is asked exactly as it was typed', async () => {
    const words = ['--scope', 'a/**', '--scope', 'b', '--exclude', 'a/x', '--budget', '$1.25', '--time', '5']
    const { exit } = await desk.type('run', 'fix it', ...words, '--model', 'openai/gpt', '--no-watch')
    expect(exit).toBe(0)
    expect(calls('submitTask')).toEqual([
      [
        {
          intent: 'fix it',
          project: 'prj_00000000000000000001',
          scope: { include: ['a/**', 'b'], exclude: ['a/x'] },
          agent: 'builtin',
          model: 'openai/gpt',
          budget: expect.objectContaining({ microDollars: 1_250_000, seconds: 300 }),
        },
      ],
    ])
  })

  test('warns of changes that are not committed', async () => {
    desk.with({
      git: {
        rootOf: async () => '/home/ada/shop',
        isDirty: async () => true,
        currentBranch: async () => 'main',
        commitId: async (_repository, revision) => ({ ok: true, value: revision }),
        evidenceNote: async () => undefined,
        commitFacts: async () => Promise.reject(new Error('not asked')),
      },
    })
    expect((await desk.type('run', 'x', '--no-watch')).err).toContain('changes that are not committed')
  })

  test('a failed task gives its own exit code', async () => {
    const { application } = desk.house
    application.submitTask = async () => {
      const cause = { code: 'budget_exhausted' as const, message: 'The money is gone.' }
      const task = aTask(2, { state: 'stopped', cause })
      application.tasks.push(task)
      application.emit(anEvent(1, { kind: 'state', to: 'stopped', cause }, task.id))
      return { ok: true, value: task }
    }
    const { out, exit } = await desk.type('run', 'x')
    expect(exit).toBe(8)
    expect(out).toContain('The money is gone.')
  })

  test('Ctrl-C leaves the task alone', async () => {
    setTimeout(() => desk.interrupt(), 50)
    desk.house.application.emit(anEvent(1, { kind: 'state', to: 'running' }))
    const { out, exit } = await desk.type('watch', '1')
    expect(exit).toBe(130)
    expect(out).toContain('airlock cancel 1')
    expect(calls('cancelTask')).toEqual([])
  })

  test('an old request for review does not end the watching', async () => {
    const { application } = desk.house
    application.emit(anEvent(1, { kind: 'state', to: 'awaiting_review' }))
    application.emit(anEvent(2, { kind: 'state', to: 'running' }))
    setTimeout(() => application.emit(anEvent(3, { kind: 'state', to: 'cancelled' })), 30)
    const { out, exit } = await desk.type('watch', '1', '--json')
    expect(out.split('\n').map((line) => JSON.parse(line).sequence)).toEqual([1, 2, 3])
    expect(exit).toBe(7)
  })
})

describe('deciding', () => {
  test('without a terminal a review prints the facts and the commands', async () => {
    const { out, exit } = await desk.type('review', '1')
    expect(exit).toBe(0)
    for (const text of [
      'Fix the rounding bug',
      'README.md',
      'secret.txt',
      'network.none',
      'airlock reject 1',
    ])
      expect(out).toContain(text)
  })

  test('approves the digest of the bytes it has seen', async () => {
    desk.house.application.approve = async (_actor, _ref, request) => {
      desk.house.application.calls.push({ name: 'approve', input: [request] })
      const approver = { id: 'usr_o', name: 'Olga', email: 'olga@example.org' }
      const publication = {
        branch: 'airlock/1-fix',
        commit: 'c'.repeat(40),
        pushed: true,
        approver,
        approval: 'apr_1',
      }
      return { ok: true, value: aTask(1, { state: 'published', publication }) }
    }
    const { out, err, exit } = await desk.type('approve', '1', '-m', 'Fix it')
    expect(calls('approve')).toEqual([[{ patchDigest: digestOf(PATCH), message: 'Fix it', push: true }]])
    expect(err).toContain(digestOf(PATCH))
    expect(out).toContain('Published. cccccccccccc pushed to airlock/1-fix')
    expect(exit).toBe(0)
  })

  test('approves the words of others that were on the screen, all of them, whatever they say since', async () => {
    const { application } = desk.house
    const wording = {
      message: `Say two\n\n${'word '.repeat(40)}\n[skip ci]`,
      branch: 'airlock/1-two',
      push: false,
    }
    application.tasks[0] = aTask(1, { approvals: { needed: 2, given: [], missing: [], void: [], wording } })
    application.approve = async (_actor, _ref, request) => {
      application.calls.push({ name: 'approve', input: [request] })
      return { ok: true, value: aTask(1) }
    }
    const { err } = await desk.type('approve', '1', '--yes')
    expect(err).toContain('[skip ci]')
    await desk.answer(['approve', 'same'], 'review', '1')
    const said = [{ patchDigest: digestOf(PATCH), ...wording }]
    expect(calls('approve')).toEqual([said, said])
  })

  test('does not approve bytes that are not what the task names', async () => {
    const { application } = desk.house
    application.diffOf = async () => ({
      ok: true,
      value: { digest: digestOf(PATCH), bytes: Buffer.from(`${PATCH}+evil\n`) },
    })
    const { err, exit } = await desk.type('approve', '1', '--yes')
    expect(exit).toBe(13)
    expect(err).toContain('patch.digest')
    expect(calls('approve')).toEqual([])
  })

  test('asks at a terminal, and no is no', async () => {
    expect((await desk.answer([false], 'approve', '1')).exit).toBe(7)
    expect(calls('approve')).toEqual([])
  })

  test('by keyboard: drop a hunk, see the smaller patch, approve with the proposed message', async () => {
    const { application } = desk.house
    application.selectFromPatch = async (_actor, _ref, request) => {
      application.calls.push({ name: 'selectFromPatch', input: [request] })
      application.emit(anEvent(1, { kind: 'state', to: 'checking' }))
      application.emit(anEvent(2, { kind: 'state', to: 'awaiting_review' }))
      return { ok: true, value: aTask(1) }
    }
    application.approve = async (_actor, _ref, request) => {
      application.calls.push({ name: 'approve', input: [request] })
      return { ok: true, value: aTask(1, { state: 'published' }) }
    }
    const answers = ['diff', 'hunks', '0', ['1'], 'approve', 'word', 'preset', '', 'commit']
    const { out } = await desk.answer(answers, 'review', '1')
    expect(out).toContain('  return a + b')
    expect(calls('selectFromPatch')).toEqual([
      [{ dropFiles: [], dropHunks: [{ path: 'src/sum.js', hunk: 1 }], patchDigest: digestOf(PATCH) }],
    ])
    expect(calls('approve')).toEqual([
      [{ patchDigest: digestOf(PATCH), message: 'Fix the rounding bug', push: false }],
    ])
  })

  test('by keyboard: drop a file, then reject with a comment', async () => {
    const { application } = desk.house
    application.selectFromPatch = async (_actor, _ref, request) => {
      application.calls.push({ name: 'selectFromPatch', input: [request] })
      application.emit(anEvent(1, { kind: 'state', to: 'awaiting_review' }))
      return { ok: true, value: aTask(1) }
    }
    await desk.answer(['files', ['1'], 'reject', 'keep the name', true], 'review', '1')
    expect(calls('selectFromPatch')).toEqual([
      [{ dropFiles: ['README.md'], dropHunks: [], patchDigest: digestOf(PATCH) }],
    ])
    expect(calls('reject')).toEqual([[expect.any(String), { comment: 'keep the name', retry: true }]])
  })

  test('Escape leaves everything as it is', async () => {
    const { out, exit } = await desk.answer(['approve', undefined, undefined], 'review', '1')
    expect(exit).toBe(0)
    expect(out).toContain('airlock approve 1')
    expect(calls('approve')).toEqual([])
  })
})

describe('the rest of the house', () => {
  test('every list says what to do when it is empty', async () => {
    desk.house.application.tasks.length = 0
    expect((await desk.type('tasks')).out).toContain('airlock run "fix the rounding bug"')
    expect((await desk.type('provider', 'list')).out).toContain('airlock provider add')
    expect((await desk.type('project', 'list')).out).toContain('airlock project add')
    expect((await desk.type('audit', 'list')).out).toBe('The log is empty.')
  })

  test('a provider known by name needs only its key, which is no argument', async () => {
    desk.with({ readInput: async () => ' sk-1\n' })
    const { out, exit } = await desk.type('provider', 'add', 'anthropic')
    expect([out.includes('anthropic answers'), exit]).toEqual([true, 0])
    expect(calls('addProvider')).toEqual([
      [
        {
          name: 'anthropic',
          protocol: 'anthropic',
          baseUrl: 'https://api.anthropic.com',
          key: 'sk-1',
          models: [],
        },
      ],
    ])
    expect((await desk.type('provider', 'add', 'nobody')).exit).toBe(10)
  })

  test('a new person gets a token once', async () => {
    const { out } = await desk.type(
      'people',
      'add',
      'Grace Hopper',
      'grace@example.org',
      '--role',
      'maintainer',
    )
    expect(out).toContain(`alk_${'0'.repeat(52)}`)
    expect((await desk.type('people', 'list')).out).not.toContain('alk_')
  })

  test('the log can be taken along, and an existing file is not overwritten', async () => {
    const file = join(desk.dataDirectory, 'log.jsonl')
    expect((await desk.type('audit', 'export', file)).exit).toBe(0)
    expect(await readFile(file, 'utf8')).toBe('{}\n')
    expect((await desk.type('audit', 'export', file)).exit).toBe(5)
    expect((await desk.type('audit', 'export')).out).toBe('{}\n')
  })

  test('with --json results and refusals are JSON on standard output', async () => {
    const tasks = JSON.parse((await desk.type('tasks', '--json')).out)
    expect(tasks.items).toHaveLength(1)
    const refused = await desk.type('show', '99', '--json')
    expect(JSON.parse(refused.out)).toEqual({
      error: { code: 'not_found', message: 'There is no such task.' },
    })
    expect([refused.err, refused.exit]).toEqual(['', 3])
  })

  test('a refusal for people says what, the rule, the way out and the code', async () => {
    desk.house.application.refuseNext = {
      code: 'protected_branch',
      message: 'main is protected.',
      rule: 'branch.protected',
      remedy: 'Choose another branch.',
      details: { branch: 'main' },
    }
    const { err, exit } = await desk.type('cancel', '1')
    expect(exit).toBe(9)
    expect(err).toBe(
      [
        '✗ main is protected.',
        '  rule    branch.protected',
        '  branch  main',
        '  remedy  Choose another branch.',
        '  code    protected_branch',
      ].join('\n'),
    )
  })

  test('what is wrong with a request is named place by place', async () => {
    const { err, exit } = await desk.type('run', 'x', '--scope', '', '--scope', 'a'.repeat(600))
    expect(exit).toBe(2)
    expect(err).toContain('scope.include.0: Too small')
    expect(err).toContain('scope.include.1: Too big')
    expect(err).toContain('such as src/billing/**')
  })

  test('a mistyped command line is explained and exits with 2', async () => {
    const mistyped = await desk.type('taks')
    expect([mistyped.err.includes('Did you mean tasks?'), mistyped.exit]).toEqual([true, 2])
    expect((await desk.type('run', 'x', '--budget', 'lots')).exit).toBe(2)
    expect((await desk.type('tasks', '--state', 'lost')).exit).toBe(2)
    expect((await desk.type('--help')).exit).toBe(0)
  })

  test('a token that others can read is not used', async () => {
    await chmod(tokenFile(desk.dataDirectory), 0o644)
    const { err, exit } = await desk.type('tasks')
    expect([err.includes('chmod 600'), exit]).toEqual([true, 4])
  })

  test('a server that is away is named, and none is started when told not to', async () => {
    await desk.server.close()
    const local = await desk.type('tasks', '--no-start')
    expect([local.err.includes('airlock up'), local.exit]).toEqual([true, 12])
    const named = await desk.type('tasks', '--server', desk.server.url)
    expect([named.err.includes(desk.server.url), named.exit]).toEqual([true, 12])
  })

  test('a role that may not is told what it needs', async () => {
    const viewer = await aDesk('viewer')
    const { err, exit } = await viewer.type('run', 'x')
    await viewer.close()
    expect([err.includes('projects:create'), exit]).toEqual([true, 4])
  })

  test('completion knows the commands', async () => {
    expect((await desk.type('--help')).out).toContain('completion')
  })
})
