import { z } from 'zod'
import { PageRequest, TaskReference } from '#contract/api.ts'
import { BudgetRaise, SharedBudgetPage, SharedBudgetRequest } from '#contract/shared-budget.ts'
import { Task } from '#contract/task.ts'
import { jsonRoute, type Route } from '../route.ts'

export const budgetRoutes: readonly Route[] = [
  jsonRoute({
    method: 'get',
    path: '/v1/budgets',
    action: 'budget.list',
    place: 'organisation',
    summary: 'The budgets that tasks share, with what is used and held of each',
    query: PageRequest,
    reply: SharedBudgetPage,
    run: ({ application, actor }) => application.listBudgets(actor),
  }),
  jsonRoute({
    method: 'post',
    path: '/v1/budgets',
    action: 'budget.set',
    place: 'organisation',
    summary: 'Set, replace or (without any limit) remove a shared budget',
    body: SharedBudgetRequest,
    reply: SharedBudgetPage,
    current: ({ application, actor }) => application.listBudgets(actor),
    run: ({ application, actor, body }) => application.setBudget(actor, body),
  }),
  jsonRoute({
    method: 'post',
    path: '/v1/tasks/{task}/budget',
    action: 'budget.raise',
    place: 'task',
    summary: 'Give a task more than it was given',
    params: z.strictObject({ task: TaskReference }),
    body: BudgetRaise,
    reply: Task,
    run: ({ application, actor, params, body }) => application.raiseBudget(actor, params.task, body),
  }),
]
