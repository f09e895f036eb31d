import type { Phase, ReadOnlyMount, SandboxSpec } from './driver.ts'
import { sandboxEnvironment } from './environment.ts'
import type { GuestRuntime } from './guest-runtime.ts'

/** What an agent brings along. */
export interface CommandExtras {
  readonly environment?: Readonly<Record<string, string>>
  readonly mounts?: readonly ReadOnlyMount[]
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
  { environment = {}, mounts = [] }: CommandExtras = {},
): Pick<SandboxSpec, 'phase' | 'command' | 'environment' | 'mounts' | 'workingDirectory'> {
  const workingDirectory = '/workspace'
  if (phase === 'check')
    return {
      phase,
      command,
      workingDirectory,
      environment: sandboxEnvironment(phase, environment),
      mounts: [...runtime.mounts.filter(({ target }) => target === '/opt/airlock/node'), ...mounts],
    }
  return {
    phase,
    command: [runtime.node, `${runtime.guest}/src/sandbox/guest/with-relay.ts`, '--', ...command],
    workingDirectory,
    environment: sandboxEnvironment(phase, { ...runtime.environment, ...environment }),
    mounts: [...runtime.mounts, ...mounts],
  }
}
