import type { Command } from 'commander'
import { refused } from '#kernel/result.ts'
import { approveTask } from '../approve-task.ts'
import { checkedDiff } from '../checked-diff.ts'
import { proposedMessage } from '../proposed-message.ts'
import { approvalLines } from '../render/approval-lines.ts'
import { fileLines } from '../render/file-lines.ts'
import type { Cli, Outcome, Session } from '../session.ts'
import { shortened } from '../terminal/safe-text.ts'

interface ApproveOptions {
  readonly message?: string
  readonly branch?: string
  readonly push: boolean
  readonly digest?: string
  readonly yes?: boolean
}

export function approveCommand(cli: Cli): Command {
  return cli
    .command('approve <task>', 'Let exactly one patch out: commit it as yours and push its branch')
    .option('-m, --message <text>', 'the commit message (made from the intent)')
    .option('--branch <name>', 'the branch (airlock/<task>-<slug>)')
    .option('--no-push', 'make the commit, do not push it')
    .option('--digest <sha256:…>', 'the patch you have read; any other is refused')
    .option('-y, --yes', 'do not ask')
    .addHelpText(
      'after',
      `
Without --digest it approves the patch that is there now, and shows which. A patch that changes afterwards voids it.
Where several are to approve, message and branch are those of the first unless given; other ones begin anew.

Examples:
  $ airlock approve 3
  $ airlock approve 3 -m "Round half to even in invoices" --digest sha256:4f0c… --yes`,
    )
    .action(cli.act<ApproveOptions, [string]>(approve))
}

async function approve(session: Session<ApproveOptions>, ref: string): Promise<Outcome> {
  const { options, screen, prompts } = session
  const client = await session.connect()
  if (!client.ok) return client
  const task = await client.value.task(ref)
  if (!task.ok) return task
  const patch = await checkedDiff(client.value, task.value)
  if (!patch.ok) return patch
  const digest = options.digest ?? task.value.patch?.digest ?? ''
  const given = task.value.approvals?.wording
  const message = options.message ?? given?.message ?? proposedMessage(task.value)
  if (!options.json && options.digest === undefined) {
    screen.remark(fileLines(task.value.patch, screen.paint).join('\n'))
    if (task.value.approvals !== undefined)
      screen.remark(
        `\n${approvalLines(task.value.approvals, { paint: screen.paint, now: session.clock() }).join('\n')}`,
      )
    screen.remark(`\n${screen.paint('dim', 'message')}  ${shortened(message, 100)}`)
    screen.remark(`${screen.paint('dim', 'patch  ')}  ${digest}\n`)
  }
  const ask = screen.interactive && !options.yes && !options.json
  if (ask && !(await prompts.confirm('Let exactly this patch out?', false))) return refused(NOT_CONFIRMED)
  // What was shown, and not what stands by now: whoever approved before may have chosen other words since.
  const { branch = given?.branch, push } = options
  return approveTask(session, client.value, task.value, {
    patchDigest: digest,
    message,
    push: push && (given?.push ?? true),
    ...(branch === undefined ? {} : { branch }),
  })
}

const NOT_CONFIRMED = {
  code: 'cancelled' as const,
  message: 'Nothing was approved.',
  remedy: 'Look again with `airlock review`, or answer yes.',
}
