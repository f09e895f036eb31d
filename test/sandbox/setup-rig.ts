import { existsSync } from 'node:fs'
import { chmod, chown, mkdtemp, readdir, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { NOTHING_SPENT } from '#contract/budget.ts'
import type { EgressPreset } from '#contract/project-file.ts'
import type { Refusal } from '#contract/refusal.ts'
import { createGateway } from '#gateway/create-gateway.ts'
import type { Internet } from '#gateway/egress/proxy.ts'
import { createPrices } from '#gateway/prices.ts'
import type { Phase } from '#sandbox/driver.ts'
import { stageGuestRuntime } from '#sandbox/guest-runtime.ts'
import { DEFAULT_LIMITS } from '#sandbox/limits.ts'
import { taskCommand } from '#sandbox/task-command.ts'
import { type Ran, runSpec, specOf } from '#test/port-suites/sandbox-specs.ts'
import { BUDGET } from '../gateway/open-test-lane.ts'
import { bubblewrapRig, HOST_USER } from './bubblewrap-rig.ts'

export interface SetupRig {
  /** A workspace with these files in it, owned by the account of the sandboxes. */
  workspace(files: Readonly<Record<string, string>>): Promise<string>
  /** Runs a shell script in the profile of a task; in prepare and run with a lane of its own. */
  run(phase: Phase, egress: readonly EgressPreset[], workspace: string, script: string): Promise<SetupRan>
  close(): Promise<void>
}

export interface SetupRan extends Ran {
  /** Everything said, on both streams. */
  readonly said: string
  readonly exit: number
  readonly refusals: readonly Refusal[]
}

/** Why a program cannot be tried in sandboxes of this host; undefined when it can. */
export function absentInside(program: string): string | undefined {
  const seen = ['/usr/local/bin', '/usr/bin'].some((directory) => existsSync(join(directory, program)))
  return seen ? undefined : `this host has no ${program} below /usr`
}

/** For titles of tests that are skipped. */
export const because = (obstacle: string | undefined) => (obstacle === undefined ? '' : `: ${obstacle}`)

/** The real sandbox, the real relay and the real gateway, with `internet` behind it. `environment` wins over the shipped one. */
export async function setupRig(
  internet: Internet,
  environment: Readonly<Record<string, string>> = {},
): Promise<SetupRig> {
  const rig = await bubblewrapRig()
  const runtime = await stageGuestRuntime({
    root: resolve(import.meta.dirname, '../..'),
    runtimeDirectory: rig.options.runtimeDirectory,
    node: process.execPath,
  })
  const gateway = createGateway({
    stopwatch: () => performance.now(),
    clock: Date.now,
    prices: createPrices({ clock: Date.now }),
    internet,
    ...(HOST_USER === undefined ? {} : { sandboxGroup: HOST_USER.gid }),
  })
  const lanes = await mkdtemp(join(rig.root, 'lanes-'))
  await chmod(lanes, 0o711)
  let attempts = 0

  async function open(egress: readonly EgressPreset[], refusals: Refusal[]) {
    const attempt = `att_${attempts++}`
    const directory = join(lanes, attempt)
    const lane = await gateway.open({
      attempt,
      directory,
      provider: undefined,
      model: undefined,
      budget: BUDGET,
      spent: NOTHING_SPENT,
      egress,
      onEvent: (event) => event.kind === 'refusal' && refusals.push(event.refusal),
    })
    return { directory, close: lane.close }
  }

  return {
    async workspace(files) {
      const path = await rig.directory()
      for (const [name, text] of Object.entries(files)) await writeFile(join(path, name), text)
      if (HOST_USER !== undefined)
        for (const name of await readdir(path)) await chown(join(path, name), HOST_USER.uid, HOST_USER.gid)
      return path
    },
    async run(phase, egress, workspace, script) {
      const refusals: Refusal[] = []
      const lane = phase === 'check' ? undefined : await open(egress, refusals)
      const task = taskCommand(phase, runtime, ['sh', '-ec', script])
      try {
        const ran = await runSpec(
          rig.driver,
          specOf(workspace, task.command, {
            ...task,
            environment: { ...task.environment, ...environment },
            limits: { ...DEFAULT_LIMITS, seconds: 60 },
            ...(lane === undefined ? {} : { socketDirectory: lane.directory }),
          }),
        )
        return { ...ran, said: ran.stdout + ran.stderr, exit: ran.ending.exitCode, refusals }
      } finally {
        await lane?.close()
      }
    },
    async close() {
      await gateway.close()
      await rig.close()
    },
  }
}
