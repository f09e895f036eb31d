import type { Command } from 'commander'
import type { Team, TeamDetail } from '#contract/places.ts'
import { isSure, type SureOptions } from '../is-sure.ts'
import { placeText } from '../role-place.ts'
import { type Cli, DONE, type Outcome, type Session } from '../session.ts'
import { count } from '../terminal/amounts.ts'
import { oneLine } from '../terminal/safe-text.ts'
import type { Paint } from '../terminal/screen.ts'
import { pairs, table } from '../terminal/table.ts'

interface MemberOptions {
  readonly serviceAccount?: boolean
}

export function teamCommand(cli: Cli): Command {
  const team = cli.command('team', 'People and programs that share roles, and look after projects')
  team.addCommand(cli.command('list', 'List the teams you can see').action(cli.act<unknown, []>(list)))
  team.addCommand(
    cli
      .command('show <team>', 'Who is in it, what it is where, and what it looks after')
      .action(cli.act<unknown, [string]>(show)),
  )
  team.addCommand(cli.command('create <name>', 'Make a team').action(cli.act<unknown, [string]>(create)))
  team.addCommand(
    cli
      .command('rename <team> <name>', 'Call it something else')
      .action(cli.act<unknown, [string, string]>(rename)),
  )
  team.addCommand(
    cli
      .command('remove <team>', 'Remove it: its roles end, and nobody looks after its projects')
      .option('-y, --yes', 'do not ask')
      .action(cli.act<SureOptions, [string]>(remove)),
  )
  team.addCommand(
    cli
      .command('add <team> <member>', 'Take somebody in, by e-mail or id; they have all its roles at once')
      .option('--service-account', 'the member is a service account, by name or id')
      .addHelpText(
        'after',
        `
Whoever may give each of the team's roles where it counts takes people in.

Examples:
  $ airlock team add shop grace@example.org
  $ airlock role grant --team shop developer --at project:shop`,
      )
      .action(cli.act<MemberOptions, [string, string]>(add)),
  )
  team.addCommand(
    cli
      .command('drop <team> <member>', 'Take somebody out; what they were through it ends at once')
      .action(cli.act<unknown, [string, string]>(drop)),
  )
  return team
}

async function list(session: Session<unknown>): Promise<Outcome> {
  const client = await session.connect()
  if (!client.ok) return client
  const found = await client.value.teams()
  if (!found.ok) return found
  session.show(found.value, () => teamTable(found.value.items, session.screen.paint))
  return DONE
}

async function show(session: Session<unknown>, name: string): Promise<Outcome> {
  const client = await session.connect()
  if (!client.ok) return client
  const found = await client.value.team(name)
  if (!found.ok) return found
  session.show(found.value, () => detail(found.value, session.screen.paint))
  return DONE
}

async function create(session: Session<unknown>, name: string): Promise<Outcome> {
  const client = await session.connect()
  if (!client.ok) return client
  const made = await client.value.createTeam(name)
  if (!made.ok) return made
  session.show(
    made.value,
    () => `${session.screen.paint('green', '✓')} The team ${oneLine(made.value.name)} is there.`,
  )
  return DONE
}

async function rename(session: Session<unknown>, name: string, to: string): Promise<Outcome> {
  const client = await session.connect()
  if (!client.ok) return client
  const renamed = await client.value.renameTeam(name, to)
  if (!renamed.ok) return renamed
  session.show(renamed.value, () => `${oneLine(name)} is called ${oneLine(renamed.value.name)} now.`)
  return DONE
}

async function remove(session: Session<SureOptions>, name: string): Promise<Outcome> {
  const client = await session.connect()
  if (!client.ok) return client
  const found = await client.value.team(name)
  if (!found.ok) return found
  const sure = await isSure(session, endings(found.value), `Remove the team ${oneLine(found.value.name)}?`)
  if (!sure.ok) return sure
  const removed = await client.value.removeTeam(name)
  if (!removed.ok) return removed
  session.show({ removed: found.value.id }, () => `${oneLine(found.value.name)} is removed.`)
  return DONE
}

async function add(session: Session<MemberOptions>, name: string, reference: string): Promise<Outcome> {
  const client = await session.connect()
  if (!client.ok) return client
  const kind = session.options.serviceAccount ? 'service-account' : 'person'
  const added = await client.value.addToTeam(name, { kind, reference })
  if (!added.ok) return added
  session.show(added.value, () => detail(added.value, session.screen.paint))
  return DONE
}

async function drop(session: Session<unknown>, name: string, member: string): Promise<Outcome> {
  const client = await session.connect()
  if (!client.ok) return client
  const dropped = await client.value.dropFromTeam(name, member)
  if (!dropped.ok) return dropped
  session.show({ dropped: member }, () => `${oneLine(member)} is not in ${oneLine(name)} any more.`)
  return DONE
}

/** What ends with a team. */
function endings({ members, roles, projects }: TeamDetail): string[] {
  const what = roles.map(({ role, at }) => `${role} at ${oneLine(placeText(at.kind, at.name))}`)
  return [
    ...(what.length === 0
      ? []
      : [`${count(members.length, 'member')} will not be ${what.join(', ')} any more.`]),
    ...(projects.length === 0
      ? []
      : [`Nobody will look after ${projects.map(({ name }) => oneLine(name)).join(', ')}.`]),
  ]
}

function teamTable(teams: readonly Team[], paint: Paint): string {
  if (teams.length === 0) return `No teams yet.\n\n  ${paint('cyan', 'airlock team create NAME')}`
  const rows = teams.map(({ name, members, id }) => [
    paint('bold', oneLine(name)),
    `${members}`,
    paint('dim', id),
  ])
  return table([{ title: 'name' }, { title: 'members', align: 'right' }, { title: 'id' }], rows, paint)
}

function detail({ name, members, roles, projects }: TeamDetail, paint: Paint): string {
  const listed = (lines: readonly string[], none: string) => (lines.length === 0 ? none : lines.join('\n'))
  const rows = [
    ['team', paint('bold', oneLine(name))],
    [
      'members',
      listed(
        members.map(({ name, kind }) => `${oneLine(name)}${kind === 'person' ? '' : ' (service account)'}`),
        'nobody yet',
      ),
    ],
    [
      'roles',
      listed(
        roles.map(({ role, at }) => `${role} at ${oneLine(placeText(at.kind, at.name))}`),
        'none; see `airlock role grant --team`',
      ),
    ],
    [
      'projects',
      listed(
        projects.map(({ name }) => oneLine(name)),
        'none; see `airlock project set --team`',
      ),
    ],
  ] as const
  return pairs(rows, paint)
}
