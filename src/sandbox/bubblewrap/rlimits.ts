import type { Limits } from '../limits.ts'

/**
 * Options of prlimit(1) for one sandbox. With a cgroup they bound single processes; without one they are all there is:
 * memory is then bounded per process, and processes per host user (`userProcesses` run already as that user).
 */
export function rlimitOptions(
  limits: Limits,
  ceilings: ReadonlyMap<string, number>,
  without: { readonly cgroup: boolean; readonly userProcesses: number },
): readonly string[] {
  const MiB = 1024 * 1024
  const wanted: [option: string, ceiling: string, value: number][] = [
    // Too little for a core file either way; but where the host pipes cores to a program of its own, the kernel
    // starts that for a limit of 0 and never for 1 (fs/coredump.c).
    ['core', 'Max core file size', 1],
    ['nofile', 'Max open files', limits.openFiles],
    ['fsize', 'Max file size', limits.fileSize],
    ['memlock', 'Max locked memory', 8 * MiB],
    ...(without.cgroup
      ? ([
          ['nproc', 'Max processes', limits.processes + without.userProcesses],
          ['data', 'Max data size', limits.memory],
        ] as [string, string, number][])
      : []),
  ]
  return wanted.map(
    ([option, ceiling, value]) => `--${option}=${Math.min(value, ceilings.get(ceiling) ?? value)}`,
  )
}

/** The hard limits of /proc/self/limits: an unprivileged process may lower them, never raise them. */
export function hardLimits(text: string): ReadonlyMap<string, number> {
  const lines = text.split('\n').flatMap((line): [string, number][] => {
    const [, name, hard] = /^(Max [a-z ]+?) {2,}\S+ +(\d+)\b/.exec(line) ?? []
    return name === undefined || hard === undefined ? [] : [[name, Number(hard)]]
  })
  return new Map(lines)
}
