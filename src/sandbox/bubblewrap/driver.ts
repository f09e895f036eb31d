import type { ChildProcess } from 'node:child_process'
import { failureOf } from '#kernel/failure.ts'
import { ok, type Result, refused } from '#kernel/result.ts'
import type { Sandbox, SandboxDriver, SandboxSpec } from '../driver.ts'
import { type Ground, prepareGround } from './ground.ts'
import { launch } from './launch.ts'
import type { BubblewrapOptions } from './options.ts'
import { PROBE_ID, probe } from './probe.ts'
import { specFailure } from './spec-check.ts'
import { sweepLeftovers } from './sweep.ts'

export type BubblewrapDriver = SandboxDriver & { readonly name: 'bubblewrap' }

/** Sandboxes from Linux namespaces, seccomp and cgroups, made by bubblewrap: nothing runs in the background. */
export function createBubblewrapDriver(options: BubblewrapOptions): BubblewrapDriver {
  const running = new Map<string, ChildProcess>()
  let ready: Promise<Result<Ground>> | undefined

  /** Only success is remembered: a person may mend the host and try again. */
  const ground = async (): Promise<Result<Ground>> => {
    ready ??= prepareGround(options)
      .then(async (result) => (result.ok ? probe(result.value) : result))
      .catch((error) => refused(failureOf(error)))
    const result = await ready
    if (!result.ok) ready = undefined
    return result
  }

  return {
    name: 'bubblewrap',
    tier: 'bubblewrap',
    async start(spec: SandboxSpec): Promise<Result<Sandbox>> {
      const wrong = specFailure(spec)
      if (wrong !== undefined) return refused(wrong)
      const prepared = await ground()
      if (!prepared.ok) return prepared
      const started = await launch(prepared.value, spec)
      if (!started.ok) return started
      running.set(spec.id, started.value.child)
      const { sandbox } = started.value
      void sandbox.ended().then(() => running.delete(spec.id))
      return ok(sandbox)
    },
    sweep: () => sweepLeftovers(options, new Set([PROBE_ID, ...running.keys()])),
  }
}
