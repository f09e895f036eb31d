import { execFile } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { promisify } from 'node:util'

/** Fixed places: a search path from the environment could lead to somebody else's program. */
const PLACES = ['/usr/bin', '/usr/local/bin', '/bin']

/** The absolute path of a program of the host; undefined when it is in none of the usual places. */
export function findProgram(name: string): string | undefined {
  return PLACES.map((place) => `${place}/${name}`).find(isExecutable)
}

/** The first `1.2` or `1.2.3` in what a program answers to `--version`; undefined when it cannot be run. */
export async function versionOf(program: string): Promise<string | undefined> {
  try {
    const { stdout } = await promisify(execFile)(program, ['--version'], { env: {}, timeout: 10_000 })
    return /\d+\.\d+(?:\.\d+)?/.exec(stdout)?.[0]
  } catch {
    return undefined
  }
}

/** True when a dotted version is `major.minor` or newer. */
export function isAtLeast(version: string, major: number, minor: number): boolean {
  const [a = 0, b = 0] = version.split('.').map(Number)
  return a > major || (a === major && b >= minor)
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
