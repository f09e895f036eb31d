import type { Command } from 'commander'
import type { EgressTarget } from '#contract/egress.ts'
import { targetOf } from '../egress-target.ts'
import type { Cli, Outcome, Session } from '../session.ts'
import { oneLine } from '../terminal/safe-text.ts'
import { showEgress, type WidenOptions, wideningOf, withBounds } from './widen.ts'

/** Hosts that `airlock.yaml` names need a person's word, once for a project. */
export function projectEgressCommand(cli: Cli): Command {
  const egress = cli.command('egress', 'Allow hosts that airlock.yaml names beyond the presets')
  egress.addCommand(
    cli
      .command('list <project>', 'What is asked for and what is allowed')
      .action(cli.act<unknown, [string]>(list)),
  )
  egress.addCommand(
    withBounds(cli.command('allow <project>', 'Let setup reach a host where airlock.yaml names it'))
      .argument('<host>', 'such as npm.example.org or mirror.example.org:80', targetOf)
      .addHelpText(
        'after',
        `
Method and path bound plain HTTP only, and both bounds hold: those of the file, and these.

Examples:
  $ airlock project egress allow shop npm.example.org --reason "our own registry"
  $ airlock project egress allow shop mirror.example.org:80 --path '/debian/**'`,
      )
      .action(cli.act<WidenOptions, [string, EgressTarget]>(allow)),
  )
  egress.addCommand(
    cli
      .command('revoke <project>', 'Take it back, for all tasks at once')
      .argument('<host>', 'as it is listed', targetOf)
      .action(cli.act<unknown, [string, EgressTarget]>(revoke)),
  )
  return egress
}

async function list(session: Session<unknown>, project: string): Promise<Outcome> {
  const client = await session.connect()
  if (!client.ok) return client
  return showEgress(session, await client.value.projectEgress(project), commandFor(project))
}

async function allow(
  session: Session<WidenOptions>,
  project: string,
  target: EgressTarget,
): Promise<Outcome> {
  const client = await session.connect()
  if (!client.ok) return client
  const view = await client.value.widenProject(project, wideningOf(target, session.options))
  return showEgress(session, view, commandFor(project))
}

async function revoke(session: Session<unknown>, project: string, target: EgressTarget): Promise<Outcome> {
  const client = await session.connect()
  if (!client.ok) return client
  return showEgress(session, await client.value.narrowProject(project, target), commandFor(project))
}

function commandFor(project: string): string {
  return `airlock project egress allow ${oneLine(project)}`
}
