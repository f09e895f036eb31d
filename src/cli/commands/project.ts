import { resolve } from 'node:path'
import type { Command } from 'commander'
import type { Project, RemoteCredential } from '#contract/api.ts'
import { ok, type Result, refused } from '#kernel/result.ts'
import type { Client } from '../client.ts'
import { collect } from '../option-values.ts'
import { type Cli, DONE, type Outcome, type Session } from '../session.ts'
import { oneLine } from '../terminal/safe-text.ts'
import type { Paint } from '../terminal/screen.ts'
import { table } from '../terminal/table.ts'
import { projectEgressCommand } from './project-egress.ts'
import { projectSettingCommands } from './project-settings.ts'

interface AddOptions {
  readonly name?: string
  readonly protect?: string[]
  readonly username?: string
  readonly sshKey?: string
  readonly knownHosts?: string
}

export function projectCommand(cli: Cli): Command {
  const project = cli.command('project', 'Connect repositories; only those exist for Airlock')
  project.addCommand(
    cli
      .command('add <url-or-path>', 'Connect a repository')
      .option('--name <name>', 'what to call it (from its address)')
      .option('--protect <branch>', 'one more branch that is never pushed to; may be given again', collect)
      .option(
        '--username <name>',
        'for http(s): who the password or token belongs to; it is asked, or read from standard input',
      )
      .option('--ssh-key <file>', 'for ssh: a private key on the machine of the server')
      .option('--known-hosts <file>', 'for ssh: the host keys to accept, and no others')
      .addHelpText(
        'after',
        `
The credential stays with the server, in a file of mode 0600; no agent and no sandbox ever sees it.

Examples:
  $ airlock project add .
  $ airlock project add git@example.org:team/shop.git --ssh-key ~/.ssh/airlock --protect release
  $ airlock project add https://example.org/team/shop.git --username bot < token.txt`,
      )
      .action(cli.act<AddOptions, [string]>(add)),
  )
  project.addCommand(
    cli.command('list', 'List the connected repositories').action(cli.act<unknown, []>(list)),
  )
  for (const command of projectSettingCommands(cli)) project.addCommand(command)
  project.addCommand(projectEgressCommand(cli))
  project.addCommand(
    cli
      .command('models <project> [models...]', 'Show or set which models its tasks may use')
      .option('--all', 'every model of the installation')
      .option(
        '--order <provider>',
        'who is asked, in place of the order of the installation; again for the next',
        collect,
      )
      .addHelpText(
        'after',
        `
Examples:
  $ airlock project models shop anthropic/claude-opus-4-8 'bedrock/*'
  $ airlock project models shop 'anthropic/*' --order anthropic --order anthropic-2
  $ airlock project models shop --all`,
      )
      .action(cli.act<ModelOptions, [string, string[]]>(models)),
  )
  return project
}

interface ModelOptions {
  readonly all?: boolean
  readonly order?: string[]
}

async function models(
  session: Session<ModelOptions>,
  name: string,
  allowed: readonly string[],
): Promise<Outcome> {
  const client = await session.connect()
  if (!client.ok) return client
  const { all, order } = session.options
  const shows = allowed.length === 0 && all !== true && order === undefined
  const project = shows
    ? await projectNamed(client.value, name)
    : await client.value.setProjectModels(name, {
        allowed: [...allowed],
        ...(order === undefined ? {} : { order }),
      })
  if (!project.ok) return project
  session.show(project.value, () => policyLines(project.value))
  return DONE
}

async function projectNamed(client: Client, name: string): Promise<Result<Project>> {
  const page = await client.projects({ limit: 200 })
  if (!page.ok) return page
  const found = page.value.items.find((project) => project.name === name || project.id === name)
  if (found !== undefined) return ok(found)
  return refused({
    code: 'not_found',
    message: `There is no project ${oneLine(name)}.`,
    remedy: 'See `airlock project list`.',
  })
}

function policyLines({ models }: Project): string {
  const allowed = models?.allowed ?? []
  const lines = [
    allowed.length === 0 ? 'Every model may be used.' : `May be used: ${allowed.map(oneLine).join(', ')}`,
  ]
  if (models?.order !== undefined) lines.push(`Asked in this order: ${models.order.map(oneLine).join(' → ')}`)
  return lines.join('\n')
}

async function add(session: Session<AddOptions>, place: string): Promise<Outcome> {
  const client = await session.connect()
  if (!client.ok) return client
  const { name, protect } = session.options
  const credential = await credentialOf(session)
  const created = await client.value.createProject({
    url: await urlOf(session, place),
    ...(name === undefined ? {} : { name }),
    ...(protect === undefined ? {} : { protectedBranches: protect }),
    ...(credential === undefined ? {} : { credential }),
  })
  if (!created.ok) return created
  const { paint } = session.screen
  session.show(created.value, () => `${paint('green', '✓')} ${oneLine(created.value.name)} is connected.`)
  return DONE
}

async function credentialOf(session: Session<AddOptions>): Promise<RemoteCredential | undefined> {
  const { username, sshKey, knownHosts } = session.options
  if (username !== undefined) {
    const password = session.screen.interactive
      ? await session.prompts.secret(`Password or token of ${username}`)
      : await session.readInput()
    return { kind: 'password', username, password: (password ?? '').trim() }
  }
  if (sshKey === undefined) return undefined
  const at = (file: string) => resolve(session.workingDirectory, file)
  const known = knownHosts === undefined ? {} : { knownHostsFile: at(knownHosts) }
  return { kind: 'ssh-key', keyFile: at(sshKey), ...known }
}

/** A path is made absolute, and the root of the working tree it is in. An address stays as it is. */
async function urlOf({ git, workingDirectory }: Session<unknown>, place: string): Promise<string> {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(place) || /^[^/]+@[^/]+:/.test(place)) return place
  const path = resolve(workingDirectory, place)
  return (await git.rootOf(path)) ?? path
}

async function list(session: Session<unknown>): Promise<Outcome> {
  const client = await session.connect()
  if (!client.ok) return client
  const page = await client.value.projects({ limit: 200 })
  if (!page.ok) return page
  session.show(page.value, () => projectTable(page.value.items, session.screen.paint))
  return DONE
}

function projectTable(projects: readonly Project[], paint: Paint): string {
  if (projects.length === 0)
    return `No projects yet. \`airlock run\` connects the repository around you, or:\n\n  ${paint('cyan', 'airlock project add .')}`
  const rows = projects.map((project) => [
    paint('bold', oneLine(project.name)),
    project.defaultBranch === undefined ? paint('dim', '–') : oneLine(project.defaultBranch),
    oneLine(project.url),
  ])
  return table([{ title: 'name' }, { title: 'branch' }, { title: 'address' }], rows, paint)
}
