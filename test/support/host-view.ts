import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Directories of that prefix anywhere below, not looked into any further; what vanishes meanwhile does not count. */
export function directoriesNamed(top: string, prefix: string): string[] {
  try {
    return readdirSync(top, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .flatMap(({ name }) =>
        name.startsWith(prefix) ? [join(top, name)] : directoriesNamed(join(top, name), prefix),
      )
  } catch {
    return []
  }
}

/** A file's text; empty when it is gone. */
export function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
