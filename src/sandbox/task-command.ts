import type { Phase, ReadOnlyMount, SandboxSpec } from './driver.ts'
import { sandboxEnvironment } from './environment.ts'
import type { GuestRuntime } from './guest-runtime.ts'
import type { Image } from './image/images.ts'

/** What an agent brings along, and whose programs there are. */
export interface CommandExtras {
  readonly environment?: Readonly<Record<string, string>>
  readonly mounts?: readonly ReadOnlyMount[]
  /** The project's image; without one, the programs of the host. */
  readonly image?: Pick<Image, 'root' | 'path'> | undefined
}

/**
 * What stands around a command in each phase of a task: environment, mounts, and the relay that joins it to the gateway
 * where there is one. Setup commands are run so in prepare, agents in run, gates in check, and `airlock sandbox exec` in
 * whichever it is told.
 */
export function taskCommand(
  phase: Phase,
  runtime: GuestRuntime,
  command: SandboxSpec['command'],
  { environment = {}, mounts = [], image }: CommandExtras = {},
): Pick<SandboxSpec, 'phase' | 'command' | 'environment' | 'mounts' | 'workingDirectory' | 'imageRoot'> {
  const around = {
    workingDirectory: '/workspace',
    ...(image === undefined ? {} : { imageRoot: image.root }),
  }
  if (phase === 'check')
    return {
      phase,
      command,
      ...around,
      environment: sandboxEnvironment(phase, environment, image),
      mounts: [...runtime.mounts.filter(({ target }) => target === '/opt/airlock/node'), ...mounts],
    }
  return {
    phase,
    command: [runtime.node, `${runtime.guest}/src/sandbox/guest/with-relay.ts`, '--', ...command],
    ...around,
    environment: sandboxEnvironment(phase, { ...runtime.environment, ...environment }, image),
    mounts: [...runtime.mounts, ...mounts],
  }
}
