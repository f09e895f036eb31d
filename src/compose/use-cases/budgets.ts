import type { BudgetOwner, SharedBudget } from '#contract/shared-budget.ts'
import type { Application } from '#http/application.ts'
import { instantOf } from '#kernel/instant.ts'
import { ok, type Result, refused } from '#kernel/result.ts'
import { personByReference } from '#store/people.ts'
import { projectByReference } from '#store/projects.ts'
import type { Tx } from '#store/schema.ts'
import { type LimitState, limitStates, type OwnerKind, setLimit } from '#store/shared-budgets.ts'
import { logAction } from '#tasks/log-action.ts'
import { raiseBudget } from '#tasks/raise-budget.ts'
import { dayOf, nameOfOwner } from '#tasks/shared-budgets.ts'
import type { Workshop } from '#tasks/workshop.ts'

/** Budgets that tasks share, and raising the one of a task. */
export function budgetUseCases(
  workshop: Workshop,
): Pick<Application, 'listBudgets' | 'setBudget' | 'raiseBudget'> {
  const { store, clock } = workshop
  return {
    listBudgets: (actor) =>
      store.inOrganisation(actor.organisation, async (tx) => ok({ items: await views(tx, dayOf(clock())) })),

    setBudget: (actor, { owner, period, limits }) =>
      store.inOrganisation(actor.organisation, async (tx) => {
        const found = await ownerId(tx, owner)
        if (!found.ok) return found
        await setLimit(tx, {
          kind: owner.kind,
          owner: found.value,
          period,
          limits,
          setBy: actor.person,
          setAt: instantOf(clock()),
        })
        const subject = found.value === '' ? actor.organisation : found.value
        await logAction(tx, clock, actor, 'budget.set', subject, {
          kind: owner.kind,
          period,
          ...Object.fromEntries(Object.entries(limits).filter(([, amount]) => amount !== undefined)),
        })
        return ok({ items: await views(tx, dayOf(clock())) })
      }),

    raiseBudget: (actor, task, raise) => raiseBudget(workshop, actor, task, raise),
  }
}

async function views(tx: Tx, day: string): Promise<SharedBudget[]> {
  const items: SharedBudget[] = []
  for (const state of await limitStates(tx, day))
    items.push({
      owner: ownerOf(state.kind, state.owner),
      name: await nameOfOwner(tx, state),
      period: state.period,
      limits: limitsOf(state),
      used: state.used,
      held: state.held,
    })
  return items
}

function limitsOf({ limits }: LimitState): SharedBudget['limits'] {
  const { microDollars, tokens, requests } = limits
  return {
    ...(microDollars === null ? {} : { microDollars }),
    ...(tokens === null ? {} : { tokens }),
    ...(requests === null ? {} : { requests }),
  }
}

function ownerOf(kind: OwnerKind, owner: string): BudgetOwner {
  switch (kind) {
    case 'organisation':
      return { kind }
    case 'project':
      return { kind, project: owner }
    case 'person':
      return { kind, person: owner }
    case 'agent':
      return { kind, agent: owner }
  }
}

/** An agent's name is taken as it is: `acp:<command>` names one that nobody listed. */
async function ownerId(tx: Tx, owner: BudgetOwner): Promise<Result<string>> {
  switch (owner.kind) {
    case 'organisation':
      return ok('')
    case 'agent':
      return ok(owner.agent)
    case 'project': {
      const project = await projectByReference(tx, owner.project)
      return project === undefined ? unknown('project', owner.project) : ok(project.id)
    }
    case 'person': {
      const person = await personByReference(tx, owner.person)
      return person === undefined ? unknown('person', owner.person) : ok(person.id)
    }
  }
}

function unknown(kind: 'project' | 'person', reference: string): Result<never> {
  const list = kind === 'project' ? 'airlock project list' : 'airlock people list'
  return refused({
    code: 'not_found',
    message: `There is no ${kind} ${reference}.`,
    remedy: `See \`${list}\`.`,
  })
}
