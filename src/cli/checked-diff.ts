import type { Task } from '#contract/task.ts'
import { digestOf } from '#kernel/bytes.ts'
import { type Result, refused } from '#kernel/result.ts'
import type { Client } from './client.ts'

/** The bytes of a task's patch, only when they hash to the digest the task names: the one that would be approved. */
export async function checkedDiff(client: Client, task: Task): Promise<Result<Uint8Array>> {
  if (task.patch === undefined)
    return refused({
      code: 'wrong_state',
      message: `Task ${task.number} has no patch yet.`,
      remedy: `See what it is doing: airlock watch ${task.number}`,
    })
  const bytes = await client.diff(task.id)
  if (!bytes.ok) return bytes
  const digest = digestOf(bytes.value)
  if (digest === task.patch.digest) return bytes
  const again = await client.task(task.id)
  const changed = again.ok && again.value.patch?.digest === digest
  return refused(
    changed
      ? { code: 'approval_void', message: 'The patch changed while it was fetched.', remedy: 'Ask again.' }
      : {
          code: 'verification_failed',
          message: 'The patch is not the one that the task names.',
          rule: 'patch.digest',
          remedy: 'Do not approve it. Look at the server: something changed what is stored.',
          details: { named: task.patch.digest, got: digest },
        },
  )
}
