import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type EvidenceBundle, parseBundle } from '#audit/bundle.ts'
import { type Verification, verifyBundle } from '#audit/verify.ts'
import type { Task } from '#contract/task.ts'
import type { Result } from '#kernel/result.ts'
import type { Actor } from '#policy/actor.ts'
import type { Rule } from '#policy/cedar/rule.ts'
import { readOrganisationRules } from '#policy/organisation-rules.ts'
import { approvalsView } from '#review/approvals-view.ts'
import { approve } from '#review/approve.ts'
import type { Store } from '#store/database.ts'
import { patchById } from '#store/patches.ts'
import { gitFixture, plainGit, plainGitWith, temporaryDirectory } from './git-fixture.ts'
import { type PublisherHouse, publisherHouse } from './publisher-house.ts'

/** A house with rules of its own and a clock that can be set on; its remote has files and perhaps their owners. */
export interface QuorumHouse extends PublisherHouse {
  readonly remote: string
  readonly base: string
  /** Takes the place of the rules before. */
  rule(...texts: readonly string[]): void
  later(milliseconds: number): void
  /** A task of Ada's, with a change of that file under review. */
  ready(path?: string): Promise<string>
  approve(actor: Actor, task: string, changes?: Partial<Parameters<typeof approve>[3]>): Promise<Result<Task>>
  approvals(task: string): Promise<Task['approvals']>
  pushed(): readonly string[]
  /** The published bundle of a task, and what `airlock verify` says of one. */
  bundleOf(task: string): Promise<EvidenceBundle>
  verify(bundle: EvidenceBundle): Promise<Verification>
}

export async function quorumHouse(
  store: Store,
  files: Readonly<Record<string, string>> = {},
): Promise<QuorumHouse> {
  const developer = gitFixture()
  for (const [path, text] of Object.entries({ 'a.txt': 'one\n', ...files })) developer.write(path, text)
  const base = developer.commit()
  const directory = temporaryDirectory()
  const remote = join(directory, 'remote.git')
  plainGit(directory, 'clone', '-q', '--bare', developer.directory, remote)
  let rules: readonly Rule[] = []
  let moved = 0
  const house = await publisherHouse(store, {
    directory,
    remote,
    makeTree: (onto, file) => treeWith(house.repository.gitDirectory, onto, file),
    rules: () => rules,
    clock: () => Date.now() + moved,
  })
  const { workshop, actors } = house
  const { organisation } = actors.ada
  const patchOf = async (id: string) => {
    const { patch } = await house.task(id)
    return store.inOrganisation(organisation, (tx) => patchById(tx, patch ?? ''))
  }
  return {
    ...house,
    remote,
    base,
    rule(...texts) {
      const read = readOrganisationRules(texts.join('\n'), 'test.cedar')
      if (!read.ok) throw new Error(read.failure.message)
      rules = read.value
    },
    later(milliseconds) {
      moved += milliseconds
    },
    async ready(path = 'a.txt') {
      const id = await house.submit('Change it', base)
      await house.work(id, { path, text: 'two\n' })
      return id
    },
    async approve(actor, id, changes = {}) {
      const patchDigest = (await patchOf(id))?.digest ?? ''
      return approve(workshop, actor, id, { patchDigest, ...changes })
    },
    approvals: async (id) => (await approvalsView(workshop, actors.ada, await house.task(id))).approvals,
    pushed: () =>
      plainGit(remote, 'for-each-ref', '--format=%(refname:lstrip=2)', 'refs/heads/airlock')
        .split('\n')
        .filter((name) => name !== ''),
    async bundleOf(id) {
      const { publication } = await house.task(id)
      const bytes = readFileSync(join(directory, 'evidence', `${publication?.commit}.json`))
      const parsed = parseBundle(bytes)
      if (!parsed.ok) throw new Error(parsed.failure.message)
      return parsed.value
    },
    async verify(bundle) {
      const [id = ''] = plainGit(
        remote,
        'for-each-ref',
        '--format=%(objectname)',
        'refs/heads/airlock',
      ).split('\n')
      const built = await house.repository.patch(await house.repository.parentOf(id), id)
      const facts = {
        id,
        object: await house.repository.commitObject(id),
        patch: built.ok ? built.value.bytes : new Uint8Array(),
      }
      return verifyBundle({ bundle, trustedKey: workshop.verifierKey, facts })
    },
  }
}

/** `@approvals` on approving a change, with what else is given. */
export function approvalRule(name: string, annotations: string, condition = ''): string {
  return `@id("${name}") @reason("It takes more.") @remedy("Ask somebody else, too.") ${annotations}
forbid(principal, action == Airlock::Action::"review.approve", resource) ${condition};`
}

/** A tree with one file more or changed, made in a bare repository with an index of its own. */
function treeWith(
  repository: string,
  onto: string,
  { path, text }: { readonly path: string; readonly text: string },
): string {
  const object = plainGitWith(repository, text, 'hash-object', '-w', '--stdin')
  const [first = '', ...rest] = path.split('/')
  const place = (tree: string | undefined, name: string, below: readonly string[]): string => {
    const kept = (tree === undefined ? '' : plainGit(repository, 'ls-tree', tree))
      .split('\n')
      .filter((line) => line !== '' && !line.endsWith(`\t${name}`))
    const [next, ...further] = below
    if (next === undefined)
      return plainGitWith(repository, `${[...kept, `100644 blob ${object}\t${name}`].join('\n')}\n`, 'mktree')
    const known = tree === undefined ? '' : plainGit(repository, 'ls-tree', tree, name)
    const inner = /tree ([0-9a-f]+)/.exec(known)?.[1]
    const lines = [...kept, `040000 tree ${place(inner, next, further)}\t${name}`]
    return plainGitWith(repository, `${lines.join('\n')}\n`, 'mktree')
  }
  return place(onto, first, rest)
}
