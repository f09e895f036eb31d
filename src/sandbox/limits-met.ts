import type { SandboxEnding } from './driver.ts'
import type { Limits } from './limits.ts'

/**
 * The limits that the host saw a sandbox run into. Those of processes, open files and single files are not among them:
 * the kernel refuses the call, and only the inside hears of it.
 */
export function limitsMet({ cause, detail, outputCut }: SandboxEnding): readonly (keyof Limits)[] {
  return [
    ...(cause === 'timed_out' ? (['seconds'] as const) : []),
    ...(cause === 'out_of_memory' ? (['memory'] as const) : []),
    ...(cause === 'disk_exhausted'
      ? ([detail?.endsWith(' files') ? 'workspaceFiles' : 'workspaceDisk'] as const)
      : []),
    ...(cause === 'output_exhausted' || outputCut ? (['outputBytes'] as const) : []),
  ]
}
