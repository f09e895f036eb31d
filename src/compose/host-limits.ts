import { cpus, totalmem } from 'node:os'
import { DEFAULT_LIMITS, type Limits } from '#sandbox/limits.ts'

/** The defaults, cut down to what a small machine has. */
export function hostLimits(): Limits {
  return {
    ...DEFAULT_LIMITS,
    cpus: Math.min(DEFAULT_LIMITS.cpus, cpus().length),
    memory: Math.min(DEFAULT_LIMITS.memory, Math.floor(totalmem() / 2)),
  }
}
