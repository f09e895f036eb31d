import { newId } from '#kernel/ids.ts'
import type { Result } from '#kernel/result.ts'
import type { SandboxEnding, SandboxSpec } from '#sandbox/driver.ts'
import type { Workshop } from './workshop.ts'

/**
 * Runs one command in one new sandbox and resolves when nothing of it is left. An abort of the signal kills it; the
 * ending then says `killed`. `watch` is called every second while it runs.
 */
export async function sandboxed(
  { driver, random }: Workshop,
  spec: Omit<SandboxSpec, 'id'>,
  signal: AbortSignal,
  watch?: (kill: () => void) => void,
): Promise<Result<SandboxEnding>> {
  const started = await driver.start({ ...spec, id: newId('sbx', random) })
  if (!started.ok) return started
  const sandbox = started.value
  const kill = () => void sandbox.kill()
  if (signal.aborted) kill()
  signal.addEventListener('abort', kill, { once: true })
  const timer = watch === undefined ? undefined : setInterval(() => watch(kill), 1_000)
  try {
    return { ok: true, value: await sandbox.ended() }
  } finally {
    clearInterval(timer)
    signal.removeEventListener('abort', kill)
  }
}
