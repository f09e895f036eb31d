import { ABSENT, type Architecture, EXAMINED, FORBIDDEN } from '../bubblewrap/system-calls.ts'

/** Calls that no table of the filter names and that the lab makes all the same. */
const OTHERS = {
  setpriority: { x64: 141, arm64: 140 },
  sched_setscheduler: { x64: 144, arm64: 119 },
  setxattr: { x64: 188, arm64: 5 },
  prlimit64: { x64: 302, arm64: 261 },
  /** getpid as a program of the x32 instruction set asks for it. */
  x32_getpid: { x64: 0x40000000 + 39 },
  /** Above every call there is. */
  not_yet_known: { x64: 999, arm64: 999 },
} as const

const NUMBERS = { ...FORBIDDEN, ...ABSENT, ...EXAMINED, ...OTHERS }

export type CallName = keyof typeof NUMBERS

/** The number of a system call; undefined where the processor has no such call. */
export function callNumber(name: CallName, architecture: Architecture): number | undefined {
  const numbers: Partial<Record<Architecture, number>> = NUMBERS[name]
  return numbers[architecture]
}
