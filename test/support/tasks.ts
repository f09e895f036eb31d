import { randomBytes } from 'node:crypto'
import { Budget } from '#contract/budget.ts'
import { newId } from '#kernel/ids.ts'
import { json } from '#store/column.ts'
import type { NewTask } from '#store/schema.ts'
import { MORNING, type TestOrganisation } from './database.ts'

/** A queued task of that organisation, ready for `insertTask`. */
export function queuedTask({ person, project }: TestOrganisation, changes: Partial<NewTask> = {}): NewTask {
  return {
    id: newId('tsk', randomBytes),
    project: project.id,
    state: 'queued',
    attempt: 1,
    intent: 'Fix the rounding bug',
    baseBranch: 'main',
    baseCommit: 'a'.repeat(40),
    scope: json({ include: ['src/billing/**'], exclude: [] }),
    agent: 'builtin',
    model: 'scripted/one',
    budget: json(Budget.parse({})),
    requester: json(person),
    createdAt: MORNING,
    updatedAt: MORNING,
    ...changes,
  }
}
