import type { Command } from 'commander'
import { type Cli, DONE, type Outcome, type Session } from '../session.ts'
import { oneLine, shortened } from '../terminal/safe-text.ts'
import { table } from '../terminal/table.ts'

export function confirmCommand(cli: Cli): Command {
  return cli
    .command('confirm [id]', 'See what waits for a second person, or be that person')
    .addHelpText(
      'after',
      `
Where a policy wants two people, whoever asks is told an id. Somebody else who could do it themselves confirms it; then
whoever asked asks again, within the hour.

Examples:
  $ airlock confirm
  $ airlock confirm cnf_01h2x3y4z5a6b7c8d9e0`,
    )
    .action(cli.act<unknown, [string | undefined]>(confirm))
}

async function confirm(session: Session<unknown>, id: string | undefined): Promise<Outcome> {
  const client = await session.connect()
  if (!client.ok) return client
  const { paint } = session.screen
  if (id !== undefined) {
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
