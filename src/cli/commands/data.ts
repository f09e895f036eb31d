import type { Command } from 'commander'
import type { Retention } from '#contract/data.ts'
import type { Failure } from '#kernel/failure.ts'
import { ok, type Result, refused } from '#kernel/result.ts'
import type { Client } from '../client.ts'
import { type Cli, DONE, type Outcome, type Session } from '../session.ts'
import { oneLine } from '../terminal/safe-text.ts'
import { pairs } from '../terminal/table.ts'

interface RetentionOptions {
  readonly tasks?: number | null
  readonly decisions?: number
}

interface EraseOptions {
  readonly yes?: boolean
  readonly evidence?: boolean
}

export function dataCommand(cli: Cli): Command {
  const data = cli.command(
    'data',
    'What is kept of tasks and people: how long, to take along, to be forgotten',
  )
  data.addCommand(
    cli
      .command('retention', 'See or set how long this organisation keeps what was done')
      .option('--tasks <days>', 'erase tasks so long after their end; `never` keeps them', daysOrNever)
      .option('--decisions <days>', 'keep what policies were asked so long', Number)
      .addHelpText(
        'after',
        '\nThe audit log is kept for ever.\n\nExample:\n  $ airlock data retention --tasks 365',
      )
      .action(cli.act<RetentionOptions, []>(retention)),
  )
  data.addCommand(
    cli
      .command('export-task <task>', 'Write everything kept of a task, a JSON object in each line')
      .action(
        cli.act<unknown, [string]>((session, ref) => exported(session, (client) => client.exportTask(ref))),
      ),
  )
  data.addCommand(
    cli
      .command('export-person <id>', 'Write everything kept of a person, a JSON object in each line')
      .action(
        cli.act<unknown, [string]>((session, id) => exported(session, (client) => client.exportPerson(id))),
      ),
  )
  data.addCommand(
    cli
      .command('erase-task <task>', 'Erase what a task at its end said and made; nobody can bring it back')
      .option('--evidence', 'the signed evidence of a published change too')
      .option('-y, --yes', 'do not ask')
      .action(cli.act<EraseOptions, [string]>(eraseTask)),
  )
  data.addCommand(
    cli
      .command('erase-person <id>', 'Erase who somebody was that was removed; nobody can bring it back')
      .option('-y, --yes', 'do not ask')
      .action(cli.act<EraseOptions, [string]>(erasePerson)),
  )
  return data
}

function daysOrNever(text: string): number | null {
  return text === 'never' ? null : Number(text)
}

async function retention(session: Session<RetentionOptions>): Promise<Outcome> {
  const client = await session.connect()
  if (!client.ok) return client
  const now = await client.value.retention()
  if (!now.ok) return now
  const { tasks = now.value.taskDays, decisions = now.value.decisionDays } = session.options
  const wanted: Retention = { taskDays: tasks, decisionDays: decisions }
  const same = tasks === now.value.taskDays && decisions === now.value.decisionDays
  const kept = same ? now : await client.value.setRetention(wanted)
  if (!kept.ok) return kept
  const { taskDays, decisionDays } = kept.value
  session.show(kept.value, () =>
    pairs(
      [
        [
          'tasks',
          taskDays === null ? 'kept until somebody erases them' : `erased ${taskDays} days after their end`,
        ],
        ['decisions', `kept for ${decisionDays} days`],
        ['audit log', 'kept for ever'],
      ],
      session.screen.paint,
    ),
  )
  return DONE
}

async function exported(
  session: Session<unknown>,
  of: (client: Client) => Promise<Result<AsyncIterable<Uint8Array>>>,
): Promise<Outcome> {
  const client = await session.connect()
  if (!client.ok) return client
  const lines = await of(client.value)
  if (!lines.ok) return lines
  for await (const bytes of lines.value) session.screen.raw(bytes)
  return DONE
}

async function eraseTask(session: Session<EraseOptions>, ref: string): Promise<Outcome> {
  const client = await session.connect()
  if (!client.ok) return client
  const { evidence } = session.options
  const sure = await isSure(
    session,
    `Erase task ${oneLine(ref)} for good${evidence ? ', with its evidence' : ''}?`,
  )
  if (!sure.ok) return sure
  const erased = await client.value.eraseTask(ref, evidence ? 'erase' : 'keep')
  if (!erased.ok) return erased
  session.show(
    { erased: ref },
    () => `Task ${oneLine(ref)} is erased. The audit log says so, and still verifies.`,
  )
  return DONE
}

async function erasePerson(session: Session<EraseOptions>, id: string): Promise<Outcome> {
  const client = await session.connect()
  if (!client.ok) return client
  const sure = await isSure(session, `Erase for good who ${oneLine(id)} was?`)
  if (!sure.ok) return sure
  const erased = await client.value.erasePerson(id)
  if (!erased.ok) return erased
  session.show(
    { erased: id },
    () => `${oneLine(id)} is nobody any more. Signed approvals keep the name of who signed.`,
  )
  return DONE
}

async function isSure(session: Session<EraseOptions>, question: string): Promise<Result<void>> {
  if (session.options.yes) return ok(undefined)
  if (!session.screen.interactive) return refused(SAY_YES)
  return (await session.prompts.confirm(question, false)) ? ok(undefined) : refused(NOT_DONE)
}

const SAY_YES: Failure = {
  code: 'confirmation_needed',
  message: 'Nobody is there to be asked.',
  remedy: 'Say --yes, when you are sure.',
}

const NOT_DONE: Failure = { code: 'cancelled', message: 'Nothing was erased.' }
