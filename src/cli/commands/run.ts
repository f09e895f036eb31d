import type { Command } from 'commander'
import type { z } from 'zod'
import type { TaskRequest } from '#contract/task.ts'
import { ok, type Result, refused } from '#kernel/result.ts'
import type { Client } from '../client.ts'
import { INTERRUPTED } from '../exit-code.ts'
import { follow } from '../follow.ts'
import { collect, minutes, money, span } from '../option-values.ts'
import { nextSteps, taskDetail } from '../render/task-detail.ts'
import type { Cli, Outcome, Session } from '../session.ts'
import { exitCodeOf } from '../task-outcome.ts'
import { shortened } from '../terminal/safe-text.ts'

interface RunOptions {
  readonly scope?: string[]
  readonly exclude?: string[]
  readonly budget?: number
  readonly time?: number
  readonly agent?: string
  readonly model?: string
  readonly base?: string
  readonly project?: string
  readonly preserve?: number
  readonly watch: boolean
}

export function runCommand(cli: Cli): Command {
  return cli
    .command('run <intent>', 'Ask for a change and watch it being made')
    .option('-s, --scope <glob>', 'which paths may change; may be given again', collect)
    .option('-x, --exclude <glob>', 'paths within the scope that may not; may be given again', collect)
    .option('-b, --budget <usd>', 'what it may cost at most, such as 0.50', money)
    .option('-t, --time <minutes>', 'how long the agent may work', minutes)
    .option('-a, --agent <name>', 'which agent')
    .option('-m, --model <provider/model>', 'which model')
    .option('--base <branch>', "the branch to start from (the project's default branch)")
    .option('-p, --project <name>', 'a connected project, instead of the repository around you')
    .option('--preserve <time>', 'keep the workspace for so long to look around in it, such as 2h', span)
    .option('--no-watch', 'only ask; watch later')
    .addHelpText(
      'after',
      `
Examples:
  $ airlock run "fix the rounding bug in invoices" --scope 'src/billing/**' --budget 0.50
  $ airlock run "update the README to the new flags" --scope README.md --scope 'docs/**'
  $ airlock run "add a test for leap years" --no-watch --json`,
    )
    .action(cli.act<RunOptions, [string]>(run))
}

async function run(session: Session<RunOptions>, intent: string): Promise<Outcome> {
  const root = await session.git.rootOf(session.workingDirectory)
  if (root === undefined && session.options.project === undefined)
    return refused(notInRepository(session.workingDirectory))
  const client = await session.connect()
  if (!client.ok) return client
  const project = await projectFor(session, client.value, root)
  if (!project.ok) return project
  const task = await client.value.submit(requestOf(intent, project.value, session.options))
  if (!task.ok) return task
  if (!session.options.watch) {
    session.show(
      task.value,
      () => `Task ${task.value.number} is queued.\n\n${nextSteps(task.value, session.screen.paint)}`,
    )
    return ok(0)
  }
  const { json } = session.options
  const { paint } = session.screen
  if (!json)
    session.screen.print(`${paint('bold', `Task ${task.value.number}`)}  ${shortened(intent, 100)}\n`)
  const followed = await follow(session, client.value, task.value, json)
  if (!followed.ok) return followed
  const { task: now, interrupted } = followed.value
  session.show(now, () => `\n${taskDetail(now, { paint, now: session.clock() })}\n\n${nextSteps(now, paint)}`)
  return ok(interrupted ? INTERRUPTED : exitCodeOf(now))
}

/** The named project, else that of the repository around the person, connected now if it was not yet. */
async function projectFor(
  session: Session<RunOptions>,
  client: Client,
  root: string | undefined,
): Promise<Result<string>> {
  const { project } = session.options
  if (project !== undefined || root === undefined) return ok(project ?? '')
  if (await session.git.isDirty(root)) warnOfUncommitted(session)
  const created = await client.createProject({ url: root })
  return created.ok ? ok(created.value.id) : created
}

function warnOfUncommitted({ screen }: Session<RunOptions>): void {
  screen.remark(
    `${screen.paint('yellow', '!')} You have changes that are not committed. The agent starts from the last commit and does not see them.`,
  )
}

function requestOf(intent: string, project: string, options: RunOptions): z.input<typeof TaskRequest> {
  const { scope, exclude, budget, time, agent, model, base, preserve } = options
  return {
    intent,
    project,
    ...(scope === undefined && exclude === undefined
      ? {}
      : { scope: { include: scope ?? ['**'], exclude: exclude ?? [] } }),
    ...(base === undefined ? {} : { baseBranch: base }),
    ...(agent === undefined ? {} : { agent }),
    ...(model === undefined ? {} : { model }),
    ...(preserve === undefined ? {} : { preserveSeconds: preserve }),
    budget: {
      ...(budget === undefined ? {} : { microDollars: budget }),
      ...(time === undefined ? {} : { seconds: time }),
    },
  }
}

function notInRepository(directory: string) {
  return {
    code: 'repository_unreadable' as const,
    message: `${directory} is not inside a git repository.`,
    remedy: 'Go into a repository, or name a connected one with --project (see `airlock project list`).',
  }
}
