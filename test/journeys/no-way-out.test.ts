import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { approve } from '#review/approve.ts'
import { reject } from '#review/reject.ts'
import { select } from '#review/select.ts'
import { patchById, patchBytes } from '#store/patches.ts'
import { cancelTask } from '#tasks/cancel.ts'
import { retryTask } from '#tasks/retry.ts'
import { type TestStore, testStore } from '#test/support/database.ts'
import { gitFixture, plainGit, plainGitWith, temporaryDirectory } from '#test/support/git-fixture.ts'
import { type PublisherHouse, publisherHouse } from '#test/support/publisher-house.ts'

let opened: TestStore
beforeAll(async () => {
  opened = await testStore()
})
afterAll(() => opened.close())

const PEOPLE = ['ada', 'mia', 'vera'] as const
const FILES = ['a.txt', 'b.txt'] as const
const TAKEN = ['airlock/1-mine', 'airlock/2-mine'] as const
const BRANCHES = [...Array.from({ length: 8 }, () => undefined), ...TAKEN, 'main', 'airlock/../main']

type Step = Readonly<Record<'who' | 'task' | 'choice', number>> & { readonly what: What }
type What = (typeof OFTEN)[number] | (typeof SOMETIMES)[number]

const OFTEN = ['work', 'approve', 'publish', 'crash'] as const
const SOMETIMES = ['drop', 'reject', 'sendBack', 'retry', 'cancel', 'move', 'take'] as const

const step: fc.Arbitrary<Step> = fc.record({
  what: fc.constantFrom<What[]>(...OFTEN, ...OFTEN, ...OFTEN, ...OFTEN, ...SOMETIMES),
  who: fc.constantFrom(1, 1, 1, 0, 2),
  task: fc.nat(1),
  choice: fc.nat(23),
})

/** What the remote may come to hold: the branch, and what a person approved for it. */
interface Approved {
  readonly branch: string | undefined
  readonly author: string
  readonly message: string
  readonly base: string
  readonly tree: string
  readonly patch: Uint8Array
}

test('whatever people ask for in whatever order, the remote gets what was approved and nothing else', async () => {
  let published = 0
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 24, maxLength: 40 }), async (steps) => {
      const world = await aWorld()
      for (const next of steps) await take(world, next)
      published += await holdsOnlyApproved(world)
    }),
    { numRuns: 15 },
  )
  expect(published).toBeGreaterThan(0)
})

interface World {
  readonly house: PublisherHouse
  readonly remote: string
  readonly tasks: readonly string[]
  readonly seen: string[]
  readonly approved: Approved[]
  readonly taken: Map<string, string>
}

async function aWorld(): Promise<World> {
  const developer = gitFixture()
  for (const file of FILES) developer.write(file, 'one\ntwo\nthree\n')
  const base = developer.commit()
  const directory = temporaryDirectory()
  const remote = join(directory, 'remote.git')
  plainGit(directory, 'clone', '-q', '--bare', developer.directory, remote)
  plainGit(remote, 'config', 'core.logAllRefUpdates', 'always')
  const house = await publisherHouse(opened.store, {
    directory,
    remote,
    makeTree: (onto, file) => changedTree(house.repository.gitDirectory, onto, [file]),
  })
  const tasks = [await house.submit('First', base), await house.submit('Second', base)]
  return { house, remote, tasks, seen: ['sha256:none'], approved: [], taken: new Map() }
}

async function take(
  { house, remote, tasks, seen, approved, taken }: World,
  { what, who, task, choice }: Step,
) {
  const { workshop, actors } = house
  const actor = actors[PEOPLE[who] ?? 'vera']
  const id = tasks[task] ?? ''
  const file = FILES[choice % 2] ?? 'a.txt'
  const now = await house.task(id)
  const patch = await opened.store.inOrganisation(actor.organisation, (tx) => patchById(tx, now.patch ?? ''))
  if (patch !== undefined) seen.push(patch.digest)
  switch (what) {
    case 'work':
      if (now.state === 'rejected' || now.state === 'cancelled') await retryTask(workshop, actor, id, '')
      return house.work(id, { path: file, text: `one\ntwo ${choice}\nthree\n` })
    case 'approve': {
      const digest = choice < 20 ? patch?.digest : seen[choice % seen.length]
      const branch = BRANCHES[choice % BRANCHES.length]
      const message = `Approved ${approved.length}`
      const request = { patchDigest: digest ?? '', message, push: choice !== 7, ...(branch && { branch }) }
      const answer = await approve(workshop, actor, id, request)
      if (!answer.ok || patch === undefined) return
      expect({ approver: actor.person.name, digest }).toEqual({ approver: 'mia', digest: patch.digest })
      const bytes = await opened.store.inOrganisation(actor.organisation, (tx) => patchBytes(tx, patch.id))
      const { base, tree } = patch
      approved.push({
        branch,
        author: actor.person.name,
        message,
        base,
        tree,
        patch: bytes ?? new Uint8Array(),
      })
      return
    }
    case 'publish':
    case 'crash':
      return house.publish(id, what === 'crash')
    case 'drop': {
      const request = { patchDigest: patch?.digest ?? '', dropFiles: [file], dropHunks: [] }
      return void (await select(workshop, actor, id, request))
    }
    case 'reject':
    case 'sendBack':
      return void (await reject(workshop, actor, id, { comment: 'Again', retry: what === 'sendBack' }))
    case 'retry':
      return void (await retryTask(workshop, actor, id, ''))
    case 'cancel':
      return void (await cancelTask(workshop, actor, id))
    case 'move': {
      const tree = changedTree(remote, 'main', [
        { path: choice < 16 ? `new${choice}.txt` : file, text: `${choice}\n` },
      ])
      const commit = plainGit(remote, 'commit-tree', tree, '-p', 'main', '-m', 'Moved')
      return void plainGit(remote, 'update-ref', 'refs/heads/main', commit)
    }
    case 'take': {
      const branch = TAKEN[choice % 2] ?? ''
      if (branches(remote).has(branch)) return
      plainGit(remote, 'update-ref', `refs/heads/${branch}`, 'main')
      taken.set(branch, plainGit(remote, 'rev-parse', 'main'))
    }
  }
}

/** Every branch beside main is one that somebody took before, or was written once, with what was approved for it. */
async function holdsOnlyApproved({ house, remote, approved, taken }: World): Promise<number> {
  const all = branches(remote)
  all.delete('main')
  for (const [branch, commit] of taken) {
    expect(all.get(branch)).toBe(commit)
    all.delete(branch)
  }
  for (const [branch, commit] of all) {
    const [author, subject, tree, parent = ''] = plainGit(
      remote,
      'show',
      '-s',
      '--format=%an%n%s%n%T%n%P',
      commit,
    ).split('\n')
    const found = approved.find(({ message }) => message === subject)
    expect(found).toMatchObject({ author, ...(found?.branch === undefined ? {} : { branch }) })
    if (found === undefined) continue
    if (parent === found.base) expect(tree).toBe(found.tree)
    else
      expect(await house.repository.apply(parent, found.patch, { threeWay: true })).toEqual({
        ok: true,
        value: tree,
      })
    expect(plainGit(remote, 'reflog', `refs/heads/${branch}`).split('\n')).toHaveLength(1)
  }
  return all.size
}

function branches(remote: string): Map<string, string> {
  const lines = plainGit(remote, 'for-each-ref', '--format=%(refname:lstrip=2) %(objectname)', 'refs/heads')
  return new Map(lines.split('\n').map((line) => line.split(' ') as [string, string]))
}

/** A commit's tree with files in it, made in a bare repository without any index of its own. */
function changedTree(
  repository: string,
  onto: string,
  files: readonly { path: string; text: string }[],
): string {
  const kept = plainGit(repository, 'ls-tree', onto)
    .split('\n')
    .filter((line) => !files.some(({ path }) => line.endsWith(`\t${path}`)))
  const added = files.map(({ path, text }) => `100644 blob ${objectOf(repository, text)}\t${path}`)
  return plainGitWith(repository, `${[...kept, ...added].join('\n')}\n`, 'mktree')
}

function objectOf(repository: string, text: string): string {
  return plainGitWith(repository, text, 'hash-object', '-w', '--stdin')
}
