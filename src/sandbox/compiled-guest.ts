import { chmod, chown, cp, mkdir, mkdtemp } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { AirlockError } from '#kernel/failure.ts'
import { newId, type RandomBytes } from '#kernel/ids.ts'
import type { SandboxDriver } from './driver.ts'
import type { GuestRuntime } from './guest-runtime.ts'
import type { HostUser } from './host-user.ts'
import type { Limits } from './limits.ts'
import { stageOnce } from './stage.ts'
import { hostProgram } from './workspace/host-program.ts'
import { ownedDirectory } from './workspace/shelf.ts'

export interface CompiledGuestOptions {
  /** Programs below the package root inside: run with no input they load everything and end. */
  readonly programs: readonly string[]
  readonly runtimeDirectory: string
  readonly scratchDirectory: string
  readonly owner?: HostUser
  readonly limits: Limits
  readonly random: RandomBytes
}

const COMPILED = '/opt/airlock/compiled'

/**
 * The runtime with what V8 makes of its programs, so that they start in half the time. It is made once per version, in
 * a sandbox that has seen nothing but these programs: Node keys it by the paths and the account inside.
 */
export async function compileGuest(
  driver: SandboxDriver,
  runtime: GuestRuntime,
  options: CompiledGuestOptions,
): Promise<GuestRuntime> {
  const name = ['compiled', ...runtime.mounts.map(({ source }) => basename(source).split('-')[1])].join('-')
  const source = await stageOnce(options.runtimeDirectory, name, (draft) =>
    compileInto(draft, driver, runtime, options),
  )
  return {
    ...runtime,
    mounts: [...runtime.mounts, { source, target: COMPILED }],
    environment: { NODE_COMPILE_CACHE: COMPILED },
  }
}

async function compileInto(
  draft: string,
  driver: SandboxDriver,
  runtime: GuestRuntime,
  { programs, scratchDirectory, owner, limits, random }: CompiledGuestOptions,
): Promise<void> {
  await ownedDirectory(scratchDirectory, owner)
  const scratch = await mkdtemp(join(scratchDirectory, 'compile-'))
  try {
    await chmod(scratch, 0o711)
    const [workspace, output] = [join(scratch, 'workspace'), join(scratch, 'output')]
    for (const path of [workspace, output]) {
      await mkdir(path)
      if (owner !== undefined) await chown(path, owner.uid, owner.gid)
    }
    for (const program of programs) {
      const started = await driver.start({
        id: newId('sbx', random),
        phase: 'check',
        command: [
          runtime.node,
          `${runtime.guest}/${WITH_RELAY}`,
          '--',
          runtime.node,
          `${runtime.guest}/${program}`,
        ],
        workingDirectory: '/workspace',
        environment: { PATH: '/usr/bin:/bin', HOME: '/nonexistent', NODE_COMPILE_CACHE: COMPILED },
        workspace: { source: workspace, target: '/workspace', writable: 'none' },
        mounts: runtime.mounts,
        writableMount: { source: output, target: COMPILED },
        limits: { ...limits, seconds: 60 },
      })
      if (!started.ok) throw new AirlockError(started.failure)
      await started.value.ended()
    }
    await cp(output, draft, { recursive: true })
  } finally {
    await hostProgram('rm', ['-rf', '--', scratch])
  }
}

const WITH_RELAY = 'src/sandbox/guest/with-relay.ts'
