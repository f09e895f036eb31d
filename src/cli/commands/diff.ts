import type { Command } from 'commander'
import { refused } from '#kernel/result.ts'
import { checkedDiff } from '../checked-diff.ts'
import { diffText } from '../render/diff.ts'
import { type Cli, DONE, type Outcome, type Session } from '../session.ts'

interface DiffOptions {
  readonly raw?: boolean
}

export function diffCommand(cli: Cli): Command {
  return cli
    .command('diff <task>', 'Show the exact patch of a task')
    .option('--raw', 'the bytes as they are, for `git apply`')
    .addHelpText('after', '\nExamples:\n  $ airlock diff 3\n  $ airlock diff 3 --raw | git apply --stat')
    .action(cli.act<DiffOptions, [string]>(diff))
}

async function diff(session: Session<DiffOptions>, ref: string): Promise<Outcome> {
  const client = await session.connect()
  if (!client.ok) return client
  const task = await client.value.task(ref)
  if (!task.ok) return task
  const patch = await checkedDiff(client.value, task.value)
  if (!patch.ok) return patch
  if (session.options.raw && session.screen.live) return refused(RAW_ON_TERMINAL)
  if (session.options.raw) session.screen.raw(patch.value)
  else if (session.options.json)
    session.show(
      { digest: task.value.patch?.digest, patch: Buffer.from(patch.value).toString('base64') },
      () => '',
    )
  else await session.page(diffText(patch.value, session.screen.paint))
  return DONE
}

/** Raw bytes could move the cursor, rename the window or paste into the shell. */
const RAW_ON_TERMINAL = {
  code: 'invalid_input' as const,
  message: 'The raw patch is not written to a terminal: an agent made it, and terminals obey some bytes.',
  rule: 'terminal.raw',
  remedy: 'Send it to a file or a program: airlock diff 3 --raw > change.patch',
}
