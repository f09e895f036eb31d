import { type Command, Option } from 'commander'
import { TASK_STATES } from '#contract/task.ts'
import { whole } from '../option-values.ts'
import { taskTable } from '../render/task-table.ts'
import { type Cli, DONE, type Outcome, type Session } from '../session.ts'

interface TasksOptions {
  readonly state?: string
  readonly project?: string
  readonly limit: number
  readonly cursor?: string
}

export function tasksCommand(cli: Cli): Command {
  return cli
    .command('tasks', 'List the tasks, newest first')
    .addOption(new Option('--state <state>', 'only those').choices(TASK_STATES))
    .option('-p, --project <name>', 'only those of one project')
    .option('-n, --limit <count>', 'how many', whole, 20)
    .option('--cursor <cursor>', 'go on where the page before ended')
    .addHelpText('after', '\nExamples:\n  $ airlock tasks\n  $ airlock tasks --state awaiting_review')
    .action(cli.act<TasksOptions, []>(tasks))
}

async function tasks(session: Session<TasksOptions>): Promise<Outcome> {
  const client = await session.connect()
  if (!client.ok) return client
  const { state, project, limit, cursor } = session.options
  const page = await client.value.tasks({ state, project, limit, cursor })
  if (!page.ok) return page
  const { paint, columns } = session.screen
  session.show(page.value, () => {
    const { items, next } = page.value
    const more = next === undefined ? '' : paint('dim', `\nMore: airlock tasks --cursor ${next}`)
    return taskTable(items, { paint, columns, now: session.clock() }) + more
  })
  return DONE
}
