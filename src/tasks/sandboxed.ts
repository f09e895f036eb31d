import { newId } from '#kernel/ids.ts'
import type { Result } from '#kernel/result.ts'
import type { SandboxEnding, SandboxSpec } from '#sandbox/driver.ts'
import type { Workshop } from './workshop.ts'

/**
 * Runs one command in one new sandbox and resolves when nothing of it is left. An abort of the signal kills it; the
 * ending then says `killed`. `watch` is called every second while it runs. Output that its reader chokes on ends this sandbox
 * and rejects: thrown where it was read, it would end the server and everybody's tasks.
 */
export async function sandboxed(
  { driver, random }: Pick<Workshop, 'driver' | 'random'>,
  spec: Omit<SandboxSpec, 'id'>,
  signal: AbortSignal,
  watch?: (kill: () => void) => void,
): Promise<Result<SandboxEnding>> {
  const choked = new AbortController()
  const onOutput: SandboxSpec['onOutput'] = (stream, chunk) => {
    if (choked.signal.aborted) return
    try {
      spec.onOutput?.(stream, chunk)
    } catch (error) {
      choked.abort(error)
    }
  }
  const started = await driver.start({ ...spec, onOutput, id: newId('sbx', random) })
  if (!started.ok) return started
  const sandbox = started.value
  const kill = () => void sandbox.kill()
  const stop = AbortSignal.any([signal, choked.signal])
  if (stop.aborted) kill()
  stop.addEventListener('abort', kill, { once: true })
  const timer = watch === undefined ? undefined : setInterval(() => watch(kill), 1_000)
  try {
    const ending = await sandbox.ended()
    choked.signal.throwIfAborted()
    return { ok: true, value: ending }
  } finally {
    clearInterval(timer)
    stop.removeEventListener('abort', kill)
  }
}
