import { readdirSync, readFileSync } from 'node:fs'

const O_CLOEXEC = 0o2000000

/**
 * Descriptors above 2 that this process was born with and would pass on to every child. Node marks its own ones
 * close-on-exec but cannot mark others; bwrap passes on whatever it gets.
 */
export function inheritedDescriptors(): readonly number[] {
  return readdirSync('/proc/self/fdinfo')
    .map(Number)
    .filter((descriptor) => descriptor > 2 && !closesOnExec(descriptor))
}

function closesOnExec(descriptor: number): boolean {
  try {
    const [, flags] =
      /^flags:\s*([0-7]+)$/m.exec(readFileSync(`/proc/self/fdinfo/${descriptor}`, 'utf8')) ?? []
    return flags === undefined || (Number.parseInt(flags, 8) & O_CLOEXEC) !== 0
  } catch {
    return true // closed since the directory was read
  }
}
