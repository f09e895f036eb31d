import type { Command } from 'commander'
import type { Task } from '#contract/task.ts'
import { ok } from '#kernel/result.ts'
import { INTERRUPTED } from '../exit-code.ts'
import { follow } from '../follow.ts'
import { nextSteps } from '../render/task-detail.ts'
import type { Cli, Outcome, Session } from '../session.ts'
import { exitCodeOf } from '../task-outcome.ts'
import { compact, count, dollars } from '../terminal/amounts.ts'

export function watchCommand(cli: Cli): Command {
  return cli
    .command('watch <task>', 'Watch a task from its beginning, as it happens')
    .addHelpText(
      'after',
      '\nIt ends when the task waits for you or is over. Ctrl-C stops the watching, not the task.\nThe last line says what the attempt has cost, what is left, and what the agent did last.\nWith --json every event is one line.\n\nExample:\n  $ airlock watch 3',
    )
    .action(cli.act<unknown, [string]>(watch))
}

async function watch(session: Session<unknown>, ref: string): Promise<Outcome> {
  const client = await session.connect()
  if (!client.ok) return client
  const task = await client.value.task(ref)
  if (!task.ok) return task
  const followed = await follow(session, client.value, task.value)
  if (!followed.ok) return followed
  const { screen, options } = session
  const { task: now } = followed.value
  if (!options.json) screen.print(`\n${spentLine(now)}\n\n${nextSteps(now, screen.paint)}`)
  return ok(followed.value.interrupted ? INTERRUPTED : exitCodeOf(now))
}

/** `Attempt 2: $0.12 of $0.50, 12.3k tokens in 4 calls, 1 refusal.` */
function spentLine({ attempts, budget }: Task): string {
  const last = attempts.at(-1)
  if (last === undefined) return 'Nothing was spent yet.'
  const { microDollars, inputTokens, outputTokens, requests } = last.spend
  const money = `${dollars(microDollars)} of ${dollars(budget.microDollars)}`
  const tokens = `${compact(inputTokens + outputTokens)} tokens in ${count(requests, 'call')}`
  return `Attempt ${last.number}: ${money}, ${tokens}, ${count(last.refusals.length, 'refusal')}.`
}
