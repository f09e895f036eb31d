/**
 * What it takes to list tasks that may be seen: 10,000 of them in 100 projects, for somebody who is a viewer at half of
 * these, as one query; beside the same query of who sees all of them, and as the whole use case with its decisions.
 *
 *     node bench/listing.ts [rounds]
 */
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { policiesIn } from '#compose/policies.ts'
import { Budget } from '#contract/budget.ts'
import { newId } from '#kernel/ids.ts'
import { memberOf } from '#policy/actor.ts'
import { json } from '#store/column.ts'
import { openStore } from '#store/database.ts'
import { insertOrganisation } from '#store/organisations.ts'
import { insertProject } from '#store/projects.ts'
import { insertTask, listTasks } from '#store/tasks.ts'
import { seenProjects } from '#tasks/seen-projects.ts'
import { median, report } from './rig/table.ts'
import { at } from './rig/timing.ts'

const ROUNDS = Number(process.argv[2] ?? 100)
const [TASKS, PROJECTS] = [10_000, 100]
const AIM = 1.5
const NOW = '2026-01-31T08:00:00.000Z'
const ADA = { id: newId('usr', randomBytes), name: 'Ada', email: 'ada@example.org' }

const directory = await mkdtemp(join(tmpdir(), 'airlock-bench-'))
const store = await openStore({ embedded: { directory: join(directory, 'postgres') } })
try {
  const organisation = newId('org', randomBytes)
  const projects = await fill(organisation)
  const half = projects.filter((_, index) => index % 2 === 0)
  const actor = memberOf(
    organisation,
    ADA,
    'member',
    half.map((id) => ({ role: 'viewer', at: { kind: 'Project', id } })),
  )
  const workshop = { store, policyOf: policiesIn(store, { clock: () => Date.now() }) }
  const page = (among: readonly string[] | undefined, limit: number) =>
    store.inOrganisation(organisation, (tx) => listTasks(tx, { among, limit }))
  const work = {
    'a page of all': () => page(undefined, 50),
    'a page of half': () => page(half, 50),
    'a page of one': () => page(half.slice(0, 1), 50),
    'every one of all': () => page(undefined, TASKS),
    'every one of half': () => page(half, TASKS),
    'which may be seen': () => seenProjects(workshop, actor, 'task.list'),
  }
  const times = Object.fromEntries(Object.keys(work).map((name) => [name, [] as number[]]))
  for (let round = -5; round < ROUNDS; round += 1)
    for (const [name, run] of Object.entries(work)) {
      const begun = performance.now()
      await run()
      if (round >= 0) times[name]?.push(performance.now() - begun)
    }
  if ((await seenProjects(workshop, actor, 'task.list'))?.length !== half.length)
    throw new Error('half of the projects may be seen')
  for (const [name, values] of Object.entries(times))
    console.log(
      `${name.padEnd(18)} p50 ${at(values, 0.5).toFixed(2)} ms   p99 ${at(values, 0.99).toFixed(2)} ms`,
    )
  const ratio = median(times['a page of half'] ?? []) / median(times['a page of all'] ?? [])
  report({
    what: 'a page of the tasks that may be seen',
    ratio,
    to: 'a page of all tasks',
    aim: `at most ${AIM}`,
    met: ratio <= AIM,
  })
  console.log(`a page of what may be seen takes ${ratio.toFixed(2)} of a page of all (aim: at most ${AIM})`)
} finally {
  await store.close()
  await rm(directory, { recursive: true, force: true })
}

async function fill(organisation: string): Promise<readonly string[]> {
  const projects = Array.from({ length: PROJECTS }, () => newId('prj', randomBytes))
  await store.inOrganisation(organisation, async (tx) => {
    await insertOrganisation(tx, { name: 'Example', createdAt: NOW })
    for (const [index, id] of projects.entries())
      await insertProject(tx, {
        ...{ id, name: `project-${index}`, url: `/srv/git/${index}.git`, protectedBranches: [] },
        createdAt: NOW,
      })
    for (let index = 0; index < TASKS; index += 1)
      await insertTask(tx, {
        ...{ id: newId('tsk', randomBytes), project: projects[index % PROJECTS] ?? '', state: 'failed' },
        ...{ attempt: 1, intent: 'Fix the rounding bug', baseBranch: 'main', baseCommit: 'a'.repeat(40) },
        scope: json({ include: ['**'], exclude: [] }),
        ...{ agent: 'builtin', model: 'scripted/one', budget: json(Budget.parse({})), requester: json(ADA) },
        ...{ createdAt: NOW, updatedAt: NOW },
      })
  })
  return projects
}
