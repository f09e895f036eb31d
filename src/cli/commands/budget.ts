import { type Command, Option } from 'commander'
import type { BudgetOwner, BudgetRaise, SharedBudget, SharedLimits } from '#contract/shared-budget.ts'
import { ok, type Result, refused } from '#kernel/result.ts'
import { largeMoney, minutes, whole } from '../option-values.ts'
import { budgetTable } from '../render/budget-table.ts'
import { type Cli, DONE, type Outcome, type Session } from '../session.ts'
import { dollars } from '../terminal/amounts.ts'

interface SetOptions {
  readonly organisation?: boolean
  readonly project?: string
  readonly user?: string
  readonly agent?: string
  readonly day?: boolean
  readonly month?: boolean
  readonly usd?: number
  readonly tokens?: number
  readonly requests?: number
  readonly none?: boolean
}

interface RaiseOptions {
  readonly usd?: number
  readonly tokens?: number
  readonly requests?: number
  readonly time?: number
  readonly iterations?: number
}

export function budgetCommand(cli: Cli): Command {
  const budget = cli.command('budget', 'Limit what tasks may spend together; give one task more')
  budget.addCommand(
    cli
      .command('set', 'Set, replace or remove a budget that tasks share')
      .option('--organisation', 'of everything there is')
      .option('-p, --project <name>', 'of one project')
      .option('--user <address>', 'of whoever asked for the tasks')
      .option('-a, --agent <name>', 'of one agent')
      .addOption(new Option('--day', 'per day, from midnight UTC').conflicts('month'))
      .option('--month', 'per calendar month, in UTC')
      .option('--usd <amount>', 'money', largeMoney)
      .option('--tokens <count>', 'tokens, input and output together', whole)
      .option('--requests <count>', 'model calls', whole)
      .option('--none', 'remove it')
      .addHelpText(
        'after',
        `
A model call goes only if the task's own budget and every shared one that binds it admit it.

Examples:
  $ airlock budget set --project shop --month --usd 50
  $ airlock budget set --user bo@example.org --day --usd 5 --requests 500
  $ airlock budget set --agent codex --month --none`,
      )
      .action(cli.act<SetOptions, []>(set)),
  )
  budget.addCommand(
    cli
      .command('list', 'List the shared budgets with what is used of them')
      .action(cli.act<unknown, []>(list)),
  )
  budget.addCommand(
    cli
      .command('raise <task>', 'Give a task more than it was given')
      .option('--usd <amount>', 'money in all', largeMoney)
      .option('--tokens <count>', 'tokens in all', whole)
      .option('--requests <count>', 'model calls in all', whole)
      .option('-t, --time <minutes>', 'how long the agent may work in all; from its next run on', minutes)
      .option('--iterations <count>', 'how often regressions may go back to it; from its next run on', whole)
      .addHelpText('after', '\nExample:\n  $ airlock budget raise 3 --usd 2')
      .action(cli.act<RaiseOptions, [string]>(raise)),
  )
  return budget
}

async function set(session: Session<SetOptions>): Promise<Outcome> {
  const { day, month, none } = session.options
  const owner = ownerOf(session.options)
  if (!owner.ok) return owner
  if (day === month) return refused(incomplete('whether it is per day or per month', '--day or --month'))
  const limits = limitsOf(session.options)
  if ((Object.keys(limits).length === 0) !== (none === true))
    return refused(incomplete('how much', '--usd, --tokens or --requests, or --none to remove it'))
  const client = await session.connect()
  if (!client.ok) return client
  const page = await client.value.setBudget({ owner: owner.value, period: day ? 'day' : 'month', limits })
  if (!page.ok) return page
  return shown(session, page.value)
}

async function list(session: Session<unknown>): Promise<Outcome> {
  const client = await session.connect()
  if (!client.ok) return client
  const page = await client.value.budgets()
  return page.ok ? shown(session, page.value) : page
}

async function raise(session: Session<RaiseOptions>, ref: string): Promise<Outcome> {
  const { usd, tokens, requests, time, iterations } = session.options
  const wanted: BudgetRaise = {
    ...(usd === undefined ? {} : { microDollars: usd }),
    ...(tokens === undefined ? {} : { tokens }),
    ...(requests === undefined ? {} : { requests }),
    ...(time === undefined ? {} : { seconds: time }),
    ...(iterations === undefined ? {} : { iterations }),
  }
  if (Object.keys(wanted).length === 0)
    return refused(incomplete('what to raise', '--usd, --tokens, --requests, --time or --iterations'))
  const client = await session.connect()
  if (!client.ok) return client
  const task = await client.value.raiseBudget(ref, wanted)
  if (!task.ok) return task
  const { paint } = session.screen
  const { number, budget } = task.value
  session.show(
    task.value,
    () =>
      `${paint('green', '✓')} Task ${number} may use ${dollars(budget.microDollars)}, ${budget.tokens} tokens, ${budget.requests} calls and ${Math.round(budget.seconds / 60)} minutes.`,
  )
  return DONE
}

function shown(session: Session<unknown>, page: { readonly items: readonly SharedBudget[] }): Outcome {
  session.show(page, () => budgetTable(page.items, session.screen.paint))
  return DONE
}

function ownerOf({ organisation, project, user, agent }: SetOptions): Result<BudgetOwner> {
  const named: BudgetOwner[] = [
    ...(organisation ? [{ kind: 'organisation' as const }] : []),
    ...(project === undefined ? [] : [{ kind: 'project' as const, project }]),
    ...(user === undefined ? [] : [{ kind: 'person' as const, person: user }]),
    ...(agent === undefined ? [] : [{ kind: 'agent' as const, agent }]),
  ]
  const [owner] = named
  return owner === undefined || named.length > 1
    ? refused(incomplete('whose budget it is', 'one of --organisation, --project, --user, --agent'))
    : ok(owner)
}

function limitsOf({ usd, tokens, requests }: SetOptions): SharedLimits {
  return {
    ...(usd === undefined ? {} : { microDollars: usd }),
    ...(tokens === undefined ? {} : { tokens }),
    ...(requests === undefined ? {} : { requests }),
  }
}

function incomplete(what: string, options: string) {
  return { code: 'invalid_input' as const, message: `It is not said ${what}.`, remedy: `Give ${options}.` }
}
