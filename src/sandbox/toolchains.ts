import { accessSync, constants, realpathSync } from 'node:fs'
import { isAbsolute, join } from 'node:path'
import type { Finding } from './finding.ts'

/** What repositories are built with. */
const PROGRAMS = [
  'python3',
  'go',
  'cargo',
  'rustc',
  'java',
  'mvn',
  'gradle',
  'ruby',
  'php',
  'dotnet',
  'make',
  'gcc',
]

/**
 * Which toolchains of the host a sandbox sees: those below /usr. One that a version manager put into somebody's home is
 * invisible there, and a gate that needs it fails with "command not found", which is better said beforehand.
 */
export function toolchainFinding(searchPath: string, find = onPath(searchPath)): Finding {
  const name = 'toolchains'
  const found = PROGRAMS.flatMap((program) => {
    const path = find(program)
    return path === undefined ? [] : [{ program, path }]
  })
  const seen = found.filter(({ path }) => path.startsWith('/usr/')).map(({ program }) => program)
  const unseen = found.filter(({ path }) => !path.startsWith('/usr/'))
  const finding = `sandboxes see ${seen.join(', ') || 'none of the usual ones'}`
  if (unseen.length === 0) return { name, status: 'ok', finding }
  const outside = unseen.map(({ program, path }) => `${program} (${path})`).join(', ')
  return {
    name,
    status: 'weaker',
    finding: `${finding}; not below /usr, so not seen: ${outside}`,
    remedy:
      'Install it with the package manager of the host, or name an `image:` in airlock.yaml that has it.',
  }
}

/** Links are followed: /bin/x may be /usr/bin/x, and /usr/bin/x a link into a home. One below /usr comes first. */
function onPath(searchPath: string): (program: string) => string | undefined {
  const places = [...searchPath.split(':').filter(isAbsolute), '/usr/local/bin', '/usr/bin']
  return (program) => {
    const found = places.flatMap((place) => executable(join(place, program)) ?? [])
    return found.find((path) => path.startsWith('/usr/')) ?? found[0]
  }
}

function executable(path: string): string | undefined {
  try {
    accessSync(path, constants.X_OK)
    return realpathSync(path)
  } catch {
    return undefined
  }
}
