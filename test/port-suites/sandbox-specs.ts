import type { SandboxDriver, SandboxEnding, SandboxSpec } from '#sandbox/driver.ts'
import { DEFAULT_LIMITS, type Limits } from '#sandbox/limits.ts'

export interface Ran {
  readonly ending: SandboxEnding
  readonly stdout: string
  readonly stderr: string
}

export const SMALL: Limits = {
  ...DEFAULT_LIMITS,
  memory: 256 * 1024 * 1024,
  processes: 64,
  seconds: 20,
  outputBytes: 1024 * 1024,
}

let count = 0

export function specOf(
  workspace: string,
  command: SandboxSpec['command'],
  more: Partial<SandboxSpec> = {},
): SandboxSpec {
  return {
    id: `sbx_${process.pid}_${count++}`,
    phase: 'check',
    command,
    workingDirectory: '/workspace',
    environment: { PATH: '/usr/bin:/bin', HOME: '/home/agent' },
    workspace: { source: workspace, target: '/workspace', writable: 'all' },
    mounts: [],
    limits: SMALL,
    ...more,
  }
}

/** Starts a spec, waits for its end and gathers what it said. */
export async function runSpec(driver: SandboxDriver, spec: SandboxSpec): Promise<Ran> {
  const said = { stdout: '', stderr: '' }
  const started = await driver.start({
    ...spec,
    onOutput: (stream, chunk) => {
      said[stream] += Buffer.from(chunk).toString('latin1')
    },
  })
  if (!started.ok) throw new Error(JSON.stringify(started.failure))
  return { ending: await started.value.ended(), ...said }
}
