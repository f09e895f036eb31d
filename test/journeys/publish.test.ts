import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Task } from '#contract/task.ts'
import { plainGit } from '#test/support/git-fixture.ts'
import { given, type Journey, type RunningServer, startJourney } from '#test/support/journey.ts'
import { create, edit, type Run } from '#test/support/journey-model.ts'

let journey: Journey
let server: RunningServer
beforeAll(async () => {
  journey = await startJourney()
  server = await journey.serve()
  journey.model.play('work', WORK)
})
afterAll(() => journey.close())

const WORK: Run = [edit('src/poem.txt', 'two\n', 'TWO\n')]

test('what is published is the approved tree, by the approver, on the base, and verifies', async () => {
  const task = await ready()
  const { commit, branch } = await published(task)
  expect(journey.git('log', '-1', '--format=%T %P %an <%ae>%n%s', commit)).toBe(
    `${task.patch?.tree} ${task.base.commit} ada <ada@localhost>\nApproved`,
  )
  expect(journey.pushed()).toMatchObject({ [branch]: commit })
  expect(await verification(commit)).toMatchObject({ exit: 0, rebase: 'skipped' })
})

test('a base that moved elsewhere is merged with, and the merge is verified again', async () => {
  const task = await ready()
  const tip = journey.commit({ 'src/poem.txt': `${POEM.replace('twelve', 'TWELVE')}` })
  const { commit } = await published(task)
  expect(journey.git('log', '-1', '--format=%P', commit)).toBe(tip)
  expect(journey.git('show', `${commit}:src/poem.txt`)).toBe(
    POEM.replace('twelve', 'TWELVE').replace('two', 'TWO').trimEnd(),
  )
  expect(await verification(commit)).toMatchObject({ exit: 0, rebase: 'pass' })
  journey.commit({ 'src/poem.txt': POEM })
})

test('a base that moved in the same place voids the approval, and nothing is pushed', async () => {
  const before = journey.pushed()
  const task = await ready()
  journey.commit({ 'src/poem.txt': POEM.replace('two', 'zwei') })
  given(await server.approve(task))
  const back = await comesBack(task)
  expect(back.cause).toMatchObject({ code: 'base_moved' })
  expect(back).not.toHaveProperty('publication')
  expect(journey.pushed()).toEqual(before)
  journey.commit({ 'src/poem.txt': POEM })
  expect((await published(back)).branch).toContain(`airlock/${task.number}-`)
})

test('after a conflict a retry starts from the base as it is now, and can be published', async () => {
  const task = await ready()
  const tip = journey.commit({ 'src/poem.txt': POEM.replace('three', 'drei') })
  given(await server.approve(task))
  expect((await comesBack(task)).cause).toMatchObject({ code: 'base_moved' })
  given(await server.client.retry(`${task.number}`, ''))
  const again = await server.reaches(task.number, 'awaiting_review')
  expect([again.base.commit, again.attempts.length]).toEqual([tip, 2])
  const { commit } = await published(again)
  expect(journey.git('show', `${commit}:src/poem.txt`)).toBe(
    POEM.replace('three', 'drei').replace('two', 'TWO').trimEnd(),
  )
  expect(await verification(commit)).toMatchObject({ exit: 0, rebase: 'skipped' })
  journey.commit({ 'src/poem.txt': POEM })
})

test('a branch that is there already with another commit is not touched; another name works', async () => {
  const task = await ready()
  const taken = `airlock/${task.number}-taken`
  journey.git('push', '-q', 'origin', `main:refs/heads/${taken}`)
  const theirs = journey.git('rev-parse', 'main')
  given(await server.approve(task, { branch: taken }))
  const back = await comesBack(task)
  expect(back.cause).toMatchObject({ code: 'conflict', rule: 'push.must-not-exist' })
  expect(journey.pushed()).toMatchObject({ [taken]: theirs })

  const free = `airlock/${task.number}-free`
  expect(await published(back, { branch: free })).toMatchObject({ branch: free })
})

test('a remote that refuses voids the approval; once it takes pushes, a new approval works', async () => {
  const task = await ready()
  const parked = Object.entries(journey.pushed())
  for (const [branch] of parked) plainGit(journey.remote, 'branch', '-D', branch)
  plainGit(journey.remote, 'branch', 'airlock', 'main') // a branch of that name leaves no room for airlock/…
  given(await server.approve(task))
  const back = await comesBack(task)
  expect(back.cause).toMatchObject({ code: 'push_refused' })
  plainGit(journey.remote, 'branch', '-D', 'airlock')
  await published(back)
  expect(Object.keys(journey.pushed())).toHaveLength(1)
})

test('a change that is approved without a push is proven, and the remote is left alone', async () => {
  const before = plainGit(journey.remote, 'for-each-ref')
  const task = await ready()
  given(await server.approve(task, { push: false }))
  const { publication } = await server.reaches(task.number, 'published')
  expect(publication).toMatchObject({ pushed: false })
  expect(plainGit(journey.remote, 'for-each-ref')).toBe(before)
  const commit = publication?.commit ?? ''
  expect(given(await server.client.evidence(commit)).byteLength).toBeGreaterThan(1_000)
  expect(existsSync(join(journey.dataDirectory, 'evidence', `${commit}.json`))).toBe(true)
})

test('a file that the change deletes, one it renames and one it makes executable arrive so', async () => {
  journey.model.play('shapes', [
    create('src/tool.sh', '#!/bin/sh\n'),
    {
      name: 'shell',
      input: { command: 'chmod +x src/tool.sh && mv src/poem.txt src/verse.txt && rm src/old.txt' },
    },
  ])
  const task = await ready('shapes')
  const { commit } = await published(task)
  expect(journey.git('show', '--format=', '--name-status', '-M', commit)).toBe(
    'D\tsrc/old.txt\nA\tsrc/tool.sh\nR100\tsrc/poem.txt\tsrc/verse.txt',
  )
  expect(journey.git('ls-tree', commit, 'src/tool.sh')).toMatch(/^100755 /)
})

const POEM = 'one\ntwo\nthree\nfour\nfive\nsix\nseven\neight\nnine\nten\neleven\ntwelve\n'

async function ready(model = 'work'): Promise<Task> {
  const task = await server.submit({ model })
  return server.reaches(task.number, 'awaiting_review')
}

async function published(task: Task, request = {}): Promise<{ commit: string; branch: string }> {
  given(await server.approve(task, request))
  const { publication } = await server.reaches(task.number, 'published')
  journey.git('fetch', '-q')
  return { commit: publication?.commit ?? '', branch: publication?.branch ?? '' }
}

/** Back under review, with the reason why. */
async function comesBack(task: Task): Promise<Task> {
  const states = async () => {
    const now = given(await server.client.task(task.id))
    return now.state === 'awaiting_review' && now.cause !== undefined
  }
  await expect.poll(states, { timeout: 60_000 }).toBe(true)
  return given(await server.client.task(task.id))
}

async function verification(commit: string) {
  const { exit, out } = await journey.airlock('verify', commit, '--json')
  const { checks } = JSON.parse(out) as { checks: { name: string; status: string }[] }
  return { exit, rebase: checks.find(({ name }) => name === 'rebase')?.status }
}
