import type { Command } from 'commander'
import type { Confirmation } from '#contract/confirmation.ts'
import { refused } from '#kernel/result.ts'
import { type Cli, DONE, type Outcome, type Session } from '../session.ts'
import { manyLines, oneLine, shortened } from '../terminal/safe-text.ts'
import { table } from '../terminal/table.ts'

interface ConfirmOptions {
  readonly yes?: boolean
  readonly json?: boolean
}

export function confirmCommand(cli: Cli): Command {
  return cli
    .command('confirm [id]', 'See what waits for a second person, or be that person')
    .option('-y, --yes', 'do not ask')
    .addHelpText(
      'after',
      `
Where a policy wants two people, whoever asks is told an id. Somebody else who could do it themselves confirms it; then
whoever asked asks again, within the hour.

Examples:
  $ airlock confirm
  $ airlock confirm cnf_01h2x3y4z5a6b7c8d9e0`,
    )
    .action(cli.act<ConfirmOptions, [string | undefined]>(confirm))
}

async function confirm(session: Session<ConfirmOptions>, id: string | undefined): Promise<Outcome> {
  const client = await session.connect()
  if (!client.ok) return client
  const { paint } = session.screen
  if (id !== undefined) {
    const waiting = await client.value.confirmations()
    if (!waiting.ok) return waiting
    const one = waiting.value.items.find((each) => each.id === id)
    if (one !== undefined && !session.options.json) session.screen.remark(inFull(one))
    const ask = session.screen.interactive && !session.options.yes && !session.options.json
    if (ask && !(await session.prompts.confirm('Confirm exactly that?', false))) return refused(NOT_CONFIRMED)
    const given = await client.value.giveConfirmation(id)
    if (!given.ok) return given
    const { action, askedBy } = given.value
    session.show(
      given.value,
      () =>
        `${paint('green', '✓')} ${oneLine(askedBy.name)} may now ${oneLine(action)}, once, within the hour.`,
    )
    return DONE
  }
  const page = await client.value.confirmations()
  if (!page.ok) return page
  session.show(page.value, () =>
    page.value.items.length === 0
      ? 'Nothing waits for a second person.'
      : table(
          ['id', 'what', 'where', 'about', 'asked by'].map((title) => ({ title })),
          page.value.items.map(({ id: each, action, place, facts, askedBy }) => [
            each,
            paint('bold', oneLine(action)),
            oneLine(place),
            shortened(JSON.stringify(facts), 50),
            oneLine(askedBy.name),
          ]),
          paint,
        ),
  )
  return DONE
}

function inFull({ action, place, facts, about, askedBy }: Confirmation): string {
  return [
    `${oneLine(askedBy.name)} wants to ${oneLine(action)} at ${oneLine(place)}`,
    ...Object.entries(facts).map(
      ([name, value]) => `  ${oneLine(name)}: ${shortened(JSON.stringify(value), 100)}`,
    ),
    ...(about === '' ? [] : ['', manyLines(about), '']),
  ].join('\n')
}

const NOT_CONFIRMED = {
  code: 'cancelled' as const,
  message: 'Nothing was confirmed.',
  remedy: 'It waits for a day: airlock confirm.',
}
