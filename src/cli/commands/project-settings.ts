import { type Command, InvalidArgumentError } from 'commander'
import { AUTONOMY, AutonomyLevel, type ProjectDetail } from '#contract/places.ts'
import { ok, type Result, refused } from '#kernel/result.ts'
import type { Client } from '../client.ts'
import { isSure, type SureOptions } from '../is-sure.ts'
import { type Cli, DONE, type Outcome, type Session } from '../session.ts'
import { oneLine } from '../terminal/safe-text.ts'
import type { Paint } from '../terminal/screen.ts'
import { pairs } from '../terminal/table.ts'

interface SetOptions {
  readonly name?: string
  /** False for --no-team. */
  readonly team?: string | boolean
  readonly autonomy?: number
}

export function projectSettingCommands(cli: Cli): Command[] {
  return [
    cli
      .command('show <project>', 'Who looks after it, and what happens to it by itself')
      .action(cli.act<unknown, [string]>(show)),
    cli
      .command('set <project>', 'Rename it, have a team look after it, or say what may happen by itself')
      .option('--name <name>', 'what it is called')
      .option('--team <team>', 'who looks after it: roles at the team count at the project')
      .option('--no-team', 'nobody but the organisation looks after it')
      .option('--autonomy <level>', 'how much happens by itself, 0 to 3', autonomy)
      .addHelpText(
        'after',
        `
Autonomy, for work that no person asked for:
${AUTONOMY.map((meaning, level) => `  ${level}  ${meaning}`).join('\n')}
What is of high risk waits for a person at every level, and nothing leaves without an approval.

Examples:
  $ airlock project set shop --team payments
  $ airlock project set shop --autonomy 2`,
      )
      .action(cli.act<SetOptions, [string]>(set)),
    cli
      .command('remove <project>', 'Disconnect it: its tasks and evidence stay, its secrets are gone')
      .option('-y, --yes', 'do not ask')
      .action(cli.act<SureOptions, [string]>(remove)),
  ]
}

async function show(session: Session<unknown>, name: string): Promise<Outcome> {
  const client = await session.connect()
  if (!client.ok) return client
  const found = await client.value.project(name)
  if (!found.ok) return found
  session.show(found.value, () => lines(found.value, session.screen.paint))
  return DONE
}

async function set(session: Session<SetOptions>, name: string): Promise<Outcome> {
  const client = await session.connect()
  if (!client.ok) return client
  const changed = await change(client.value, name, session.options)
  if (!changed.ok) return changed
  if (changed.value === undefined)
    return refused({
      code: 'invalid_input',
      message: 'There is nothing to set.',
      remedy: 'Give --name, --team, --no-team or --autonomy.',
    })
  const { value } = changed
  session.show(value, () => lines(value, session.screen.paint))
  return DONE
}

/** One after the other, by id: the name may be what changes. */
async function change(
  client: Client,
  reference: string,
  { name, team, autonomy }: SetOptions,
): Promise<Result<ProjectDetail | undefined>> {
  const project = await client.project(reference)
  if (!project.ok) return project
  const { id } = project.value
  const changes = [
    ...(name === undefined ? [] : [() => client.renameProject(id, name)]),
    ...(team === undefined || team === true
      ? []
      : [() => client.moveProject(id, team === false ? undefined : team)]),
    ...(autonomy === undefined ? [] : [() => client.setAutonomy(id, autonomy)]),
  ]
  let last: ProjectDetail | undefined
  for (const make of changes) {
    const made = await make()
    if (!made.ok) return made
    last = made.value
  }
  return ok(last)
}

async function remove(session: Session<SureOptions>, name: string): Promise<Outcome> {
  const client = await session.connect()
  if (!client.ok) return client
  const project = await client.value.project(name)
  if (!project.ok) return project
  const shown = oneLine(project.value.name)
  const sure = await isSure(
    session,
    [
      `The secrets of ${shown}, its environments and the credential of its repository are forgotten; its tasks and evidence stay.`,
    ],
    `Disconnect ${shown}?`,
  )
  if (!sure.ok) return sure
  const removed = await client.value.removeProject(project.value.id)
  if (!removed.ok) return removed
  session.show({ removed: project.value.id }, () => `${shown} is disconnected.`)
  return DONE
}

function autonomy(text: string): number {
  const level = AutonomyLevel.safeParse(/^\d$/.test(text) ? Number(text) : undefined)
  if (!level.success) throw new InvalidArgumentError('Give a level from 0 to 3.')
  return level.data
}

function lines(project: ProjectDetail, paint: Paint): string {
  const { name, url, defaultBranch, team, autonomy, environments, models } = project
  const rows = [
    ['project', paint('bold', oneLine(name))],
    ['address', oneLine(url)],
    ['branch', oneLine(defaultBranch ?? '–')],
    ['team', team === undefined ? 'none' : oneLine(team.name)],
    ['autonomy', `${autonomy}  ${AUTONOMY[autonomy] ?? ''}`],
    ['environments', environments.length === 0 ? 'none' : environments.map(oneLine).join(', ')],
    ['models', models === undefined ? 'every model' : models.allowed.map(oneLine).join(', ')],
  ] as const
  return pairs(rows, paint)
}
