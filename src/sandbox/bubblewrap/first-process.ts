import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'

/**
 * True until everything in the pid namespace of this first process has ended: it turns into a zombie, or vanishes,
 * only after the kernel has ended all the others.
 */
export function isAlive(pid: number): boolean {
  return /^\d+ \(.*\) [^ZX]/s.test(read(pid, 'stat'))
}

/**
 * Kills a process if it is the first one of a pid namespace, and so never somebody who got its number later. False when
 * there is nothing to kill, or no right to.
 */
export function killFirstProcess(pid: number): boolean {
  if (!FIRST.test(read(pid, 'status'))) return false
  try {
    return process.kill(pid, 'SIGKILL')
  } catch {
    return false
  }
}

/**
 * Ends first processes of ours whose bwrap is gone, and waits until they are. The inside asks to die with bwrap only
 * shortly before its command: a bwrap that is killed until then leaves one that waits for ever, and when bwrap had not told
 * its number, or there is no cgroup, nothing else tells of it. Returns their numbers.
 */
export async function endOrphans(bwrap: string): Promise<readonly number[]> {
  const ended = orphans(bwrap).filter(killFirstProcess)
  for (let wait = 1; ended.some(isAlive) && wait < 1_000; wait *= 1.5) await pause(wait)
  return ended
}

function orphans(bwrap: string): readonly number[] {
  const ours = `${[bwrap, '--args', '3'].join('\0')}\0`
  const isOurs = (pid: number) => read(pid, 'cmdline').startsWith(ours)
  return (
    readdirSync('/proc')
      .map(Number)
      // First of all, since a command line is read out of the process's own memory, and this one is never the inside's.
      .filter((pid) => pid > 1 && FIRST.test(read(pid, 'status')))
      .filter((pid) => isOurs(pid) && isAlive(pid))
      .map((pid) => ({ pid, parent: parentOf(pid) }))
      // Of a parent that cannot be read nobody knows whether it is one of ours; the host's first process is not.
      .filter(({ parent }) => !isOurs(parent) && (parent === 1 || read(parent, 'cmdline') !== ''))
      .map(({ pid }) => pid)
  )
}

const FIRST = /^NSpid:(\s+\d+)+\s+1$/m

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
