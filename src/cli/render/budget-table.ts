import type { SharedBudget } from '#contract/shared-budget.ts'
import { compact, dollars } from '../terminal/amounts.ts'
import { oneLine } from '../terminal/safe-text.ts'
import type { Paint } from '../terminal/screen.ts'
import { table } from '../terminal/table.ts'

/** A row for each limit: whose, per what, how much of it is used. */
export function budgetTable(budgets: readonly SharedBudget[], paint: Paint): string {
  if (budgets.length === 0)
    return `Nothing is limited beyond each task's own budget. To limit a project:\n\n  ${paint('cyan', 'airlock budget set --project <name> --month --usd 50')}`
  const rows = budgets.flatMap((budget) =>
    PARTS.flatMap(({ part, name, text }) => {
      const limit = budget.limits[part]
      if (limit === undefined) return []
      const used = budget.used[part]
      const held = budget.held[part]
      const share = limit === 0 ? 100 : Math.floor((100 * used) / limit)
      return [
        [
          oneLine(budget.name),
          budget.period,
          name,
          text(used),
          text(limit),
          paint(share >= 100 ? 'red' : share >= 80 ? 'yellow' : 'green', `${share} %`),
          held === 0 ? '' : paint('dim', `${text(held)} held`),
        ],
      ]
    }),
  )
  const right = (title: string) => ({ title, align: 'right' as const })
  return table(
    [
      { title: 'of' },
      { title: 'per' },
      { title: 'what' },
      right('used'),
      right('limit'),
      right(''),
      { title: '' },
    ],
    rows,
    paint,
  )
}

const PARTS = [
  { part: 'microDollars', name: 'money', text: dollars },
  { part: 'tokens', name: 'tokens', text: compact },
  { part: 'requests', name: 'calls', text: String },
] as const
