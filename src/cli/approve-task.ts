import { setTimeout as sleep } from 'node:timers/promises'
import type { z } from 'zod'
import type { ApprovalRequest } from '#contract/review.ts'
import type { Task } from '#contract/task.ts'
import { ok, type Result, refused } from '#kernel/result.ts'
import type { Client } from './client.ts'
import { EXIT_CODE } from './exit-code.ts'
import { approvalLines } from './render/approval-lines.ts'
import { failureText } from './render/failure.ts'
import { nextSteps } from './render/task-detail.ts'
import type { Outcome, Session } from './session.ts'
import { oneLine } from './terminal/safe-text.ts'

const LOOK_EVERY_MILLISECONDS = 150
const MOST_LOOKS = 2_000

/** Approves, waits for the publisher, and tells where the change went or why it did not, or who is to approve it besides. */
export async function approveTask(
  session: Session<unknown>,
  client: Client,
  task: Task,
  request: z.input<typeof ApprovalRequest>,
): Promise<Outcome> {
  const { screen } = session
  const approved = await client.approve(task.id, request)
  if (!approved.ok) return approved
  if (approved.value.state === 'awaiting_review') {
    session.show(approved.value, () => waitingText(session, approved.value))
    return ok(0)
  }
  screen.status(screen.paint('green', 'approved, publishing …'))
  const settled = await publicationOf(client, approved.value)
  screen.status('')
  if (!settled.ok) return settled
  const now = settled.value
  session.show(now, () => outcomeText(session, now))
  if (now.state === 'published' || now.state === 'approved') return ok(0)
  return ok(EXIT_CODE[now.cause?.code ?? 'push_refused'])
}

async function publicationOf(client: Client, approved: Task): Promise<Result<Task>> {
  let task = approved
  for (let look = 0; look < MOST_LOOKS && isUnderWay(task); look++) {
    await sleep(LOOK_EVERY_MILLISECONDS)
    const now = await client.task(task.id)
    if (!now.ok) return now
    task = now.value
  }
  if (!isUnderWay(task)) return ok(task)
  return refused({
    code: 'push_refused',
    message: 'It is approved, and publishing takes long.',
    remedy: `It goes on without you: airlock show ${task.number}`,
  })
}

function isUnderWay(task: Task): boolean {
  return task.state === 'approved' || task.state === 'publishing'
}

function waitingText({ screen, clock }: Session<unknown>, { approvals, number }: Task): string {
  const { paint } = screen
  const lines = approvals === undefined ? [] : approvalLines(approvals, { paint, now: clock() })
  return [
    `${paint('green', '✓')} ${paint('bold', 'Approved.')} It goes out when others have, too.`,
    ...lines.map((line) => `  ${line}`),
    '',
    `  ${paint('cyan', `airlock approve ${number}`)}  ${paint('dim', 'is for them to type')}`,
  ].join('\n')
}

function outcomeText({ screen }: Session<unknown>, task: Task): string {
  const { paint } = screen
  const { publication, cause } = task
  if (task.state === 'published' && publication !== undefined) {
    const where = publication.pushed ? 'pushed to' : 'committed, not pushed:'
    return [
      `${paint('green', '✓')} ${paint('bold', 'Published.')} ${publication.commit.slice(0, 12)} ${where} ${oneLine(publication.branch)}`,
      '',
      nextSteps(task, paint),
    ].join('\n')
  }
  if (cause === undefined)
    return `${paint('red', '✗')} It was not published. See: airlock show ${task.number}`
  const { code, message, rule, remedy } = cause
  const failure = {
    code,
    message,
    ...(rule === undefined ? {} : { rule }),
    ...(remedy === undefined ? {} : { remedy }),
  }
  return failureText(failure, paint)
}
