import type { Phase, SandboxSpec } from './driver.ts'
import { sandboxEnvironment } from './environment.ts'
import type { GuestRuntime } from './guest-runtime.ts'

/**
 * What stands around a command in each phase of a task: environment, mounts, and the relay that joins it to the gateway
 * where there is one. Setup commands have it in prepare, agents in run, gates in check.
 */
export function taskCommand(
  phase: Phase,
  runtime: GuestRuntime,
  command: SandboxSpec['command'],
): Pick<SandboxSpec, 'phase' | 'command' | 'environment' | 'mounts' | 'workingDirectory'> {
  const around = { phase, workingDirectory: '/workspace', environment: sandboxEnvironment(phase) }
  if (phase === 'check')
    return {
      ...around,
      command,
      mounts: runtime.mounts.filter(({ target }) => target === '/opt/airlock/node'),
    }
  const relay = [runtime.node, `${runtime.guest}/src/sandbox/guest/with-relay.ts`, '--'] as const
  return { ...around, command: [...relay, ...command], mounts: runtime.mounts }
}
