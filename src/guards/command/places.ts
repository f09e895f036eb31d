import { posix } from 'node:path'
import picomatch from 'picomatch'
import type { Argument } from './reading.ts'

export type PlaceKind =
  | 'workspace'
  | 'temporary'
  | 'cache'
  /** A home directory, or a directory right below one. */
  | 'home'
  /** Directories of the operating system, and the root itself. */
  | 'system'
  | 'device'
  /** Anywhere else: data, mounts, deeper in a home directory. */
  | 'elsewhere'
  /** Only the run shows it. */
  | 'unknown'

/** Which part of the machine a path names. */
export interface Place {
  readonly kind: PlaceKind
  /** Relative to the workspace when it lies inside, else as the shell would see it. */
  readonly path: string
  /** How many directories below the place that gives it its kind. */
  readonly depth: number
}

const SYSTEM = new Set(
  'bin sbin lib lib32 lib64 libx32 usr etc boot sys proc var run dev root System Library Applications'.split(
    ' ',
  ),
)
const NOT_SYSTEM = [
  '/var/www',
  '/var/folders',
  '/usr/src',
  '/usr/ports',
  '/usr/local/src',
  '/var/cache',
  '/var/opt',
  '/var/lib/apt/lists',
  '/usr/share/doc',
  '/usr/share/man',
  '/usr/share/locale',
]
const CACHES = [
  '.cache',
  '.npm',
  '.pnpm-store',
  '.cargo',
  '.gradle',
  '.m2',
  '.yarn',
  '.bun',
  '.local',
  '.rustup',
  '.nuget',
  'go',
  'Library',
]
const TEMPORARY = /^(\/tmp|\/var\/tmp|\/dev\/shm|\/private\/tmp|\/var\/folders)(\/|$)/
const STREAMS = /^\/dev\/(null|stdout|stderr|stdin|tty|zero|full|u?random|fd|ptmx|pts)(\/|$)/

/** Says where a path lies, as the shell would see it from the workspace, or from the directory a `cd` led to. */
export function placeOf(argument: Argument, workspace: string, directory?: string): Place {
  const { text } = argument
  if (text.startsWith('~')) return homePlace(text.slice(1), text)
  if (argument.opaque && /^["']?[$`]/.test(text)) return { kind: 'unknown', path: text, depth: 0 }
  if (!argument.literal && !argument.opaque && /[{,](\/|~|\.\.)/.test(text) && text.includes('{'))
    return { kind: 'system', path: text, depth: 0 }
  if (directory?.startsWith('~') && !text.startsWith('/'))
    return homePlace(posix.join(directory, text).slice(1), text)
  if (directory?.startsWith('$') && !text.startsWith('/')) return { kind: 'elsewhere', path: text, depth: 9 }
  const base = directory === undefined ? workspace : posix.resolve(workspace, directory)
  const path = posix.resolve(base, text)
  if (path === workspace || path.startsWith(`${workspace}/`))
    return { kind: 'workspace', path: posix.relative(workspace, path), depth: 0 }
  // Above the workspace is the place where other projects stand, but not the root.
  return absolutePlace(path)
}

function absolutePlace(path: string): Place {
  if (TEMPORARY.test(path)) return { kind: 'temporary', path, depth: path.split('/').length - 2 }
  if (STREAMS.test(path)) return { kind: 'temporary', path, depth: 9 }
  if (path.startsWith('/dev/')) return { kind: 'device', path, depth: 1 }
  const [, first = '', user, ...below] = path.split('/')
  if (first === 'home' || first === 'Users')
    return user === undefined ? { kind: 'home', path, depth: 0 } : homePlace(`/${below.join('/')}`, path)
  if (first === 'root') return homePlace(path.slice('/root'.length), path)
  if (first === '' || /^[*?[]/.test(first)) return { kind: 'system', path, depth: 0 }
  if (SYSTEM.has(first) && !NOT_SYSTEM.some((prefix) => path.startsWith(`${prefix}/`)))
    return { kind: 'system', path, depth: path.split('/').length - 1 }
  return { kind: 'elsewhere', path, depth: path.split('/').length - 1 }
}

/** `below` starts with a slash, or with the name of a user as in `~bob/x`. */
function homePlace(below: string, path: string): Place {
  const parts = posix
    .normalize(`/${below.slice(below.indexOf('/') + 1 || below.length)}`)
    .split('/')
    .filter(Boolean)
  if (parts.length > 1 && CACHES.includes(parts[0] ?? '')) return { kind: 'cache', path, depth: parts.length }
  return parts.length < 2
    ? { kind: 'home', path, depth: parts.length }
    : { kind: 'elsewhere', path, depth: parts.length + 1 }
}

/** True when a word with a glob would match the path. A word without one matches by its text alone. */
export function couldName(argument: Argument, path: string): boolean {
  if (argument.text === path) return true
  if (argument.literal || argument.text.length > 512 || !/[*?[{]/.test(argument.text)) return false
  try {
    return picomatch.isMatch(path, argument.text, { dot: true, nonegate: true })
  } catch {
    return true
  }
}
