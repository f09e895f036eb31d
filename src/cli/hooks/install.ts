import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { ok, type Result, refused } from '#kernel/result.ts'
import type { AgentHook } from './agent-hook.ts'

/** What a change of an agent's settings would look like. */
export interface PlannedChange {
  readonly file: string
  readonly before: string
  /** Undefined when the file would be removed. */
  readonly after: string | undefined
}

/** Plans to put a hook in, or to take it out. Nothing is written. */
export async function planChange(
  hook: AgentHook,
  file: string,
  command: string | undefined,
): Promise<Result<PlannedChange>> {
  const before = await readFile(file, 'utf8').catch(() => '')
  try {
    if (command === undefined && before === '') return ok({ file, before, after: undefined })
    return ok({
      file,
      before,
      after: command === undefined ? hook.uninstall(before) : hook.install(before, command),
    })
  } catch (thrown) {
    return refused({
      code: 'conflict',
      message: `${file} cannot be changed: ${thrown instanceof Error ? thrown.message : 'it cannot be read'}.`,
      remedy: 'Repair or move the file; nothing was changed.',
    })
  }
}

export async function applyChange({ file, after }: PlannedChange, executable: boolean): Promise<void> {
  if (after === undefined) {
    await rm(file, { force: true })
    return
  }
  await mkdir(dirname(file), { recursive: true })
  await writeFile(file, after)
  if (executable) await chmod(file, 0o755)
}

/** The lines that go and come, without those that stay at both ends. */
export function changedLines({ before, after }: PlannedChange): string[] {
  const [old, now] = [linesOf(before), linesOf(after ?? '')]
  let start = 0
  while (start < old.length && start < now.length && old[start] === now[start]) start += 1
  let end = 0
  while (end < old.length - start && end < now.length - start && old.at(-1 - end) === now.at(-1 - end))
    end += 1
  return [
    ...old.slice(start, old.length - end).map((line) => `- ${line}`),
    ...now.slice(start, now.length - end).map((line) => `+ ${line}`),
  ]
}

function linesOf(text: string): string[] {
  return text === '' ? [] : text.replace(/\n$/, '').split('\n')
}
