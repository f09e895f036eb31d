import { readdirSync, readFileSync } from 'node:fs'

/**
 * True until everything in the pid namespace of this first process has ended: it turns into a zombie, or vanishes,
 * only after the kernel has ended all the others.
 */
export function isAlive(pid: number): boolean {
  return /^\d+ \(.*\) [^ZX]/s.test(read(pid, 'stat'))
}

/** Kills a process if it is the first one of a pid namespace, and so never somebody who got its number later. */
export function killFirstProcess(pid: number): void {
  if (!/^NSpid:(\s+\d+)+\s+1$/m.test(read(pid, 'status'))) return
  try {
    process.kill(pid, 'SIGKILL')
  } catch {} // ended meanwhile
}

/**
 * First processes of ours whose bwrap is gone. The inside asks to die with bwrap only shortly after it was forked: a
 * server killed in that very moment leaves one, and where there is no cgroup nothing else tells of it.
 */
export function orphans(bwrap: string): readonly number[] {
  const ours = `${[bwrap, '--args', '3'].join('\0')}\0`
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => pid > 1 && read(pid, 'cmdline').startsWith(ours))
    .filter((pid) => isAlive(pid) && !read(parentOf(pid), 'cmdline').startsWith(ours))
    .filter((pid) => /^NSpid:(\s+\d+)+\s+1$/m.test(read(pid, 'status')))
}

export function parentOf(pid: number): number {
  return Number(/^PPid:\s+(\d+)$/m.exec(read(pid, 'status'))?.[1] ?? 0)
}

function read(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8')
  } catch {
    return ''
  }
}
