import { realpathSync } from 'node:fs'
import type { Failure } from '#kernel/failure.ts'
import { specFailure } from '../bubblewrap/spec-check.ts'
import type { SandboxSpec } from '../driver.ts'
import type { RunnerOptions } from './runner-options.ts'

type Roots = Pick<RunnerOptions, 'writableRoots' | 'readableRoots'>

/**
 * What is wrong with a spec from the socket. The server may be in anybody's hands: whatever it asks for, only what lies
 * below the roots appears inside, by its real name, and nothing that an engine could read as an option.
 */
export function admissionFailure(spec: SandboxSpec, roots: Roots): Failure | undefined {
  return specFailure(spec) ?? commandFailure(spec) ?? placeFailure(spec, roots)
}

/** The command follows the variables of env(1), which would take a word with `=` for one more. */
function commandFailure({ command: [program] }: SandboxSpec): Failure | undefined {
  if (program !== '' && !program.includes('=')) return undefined
  return {
    code: 'invalid_input',
    rule: 'sandbox.command',
    message: `${JSON.stringify(program)} cannot be started in a container.`,
    remedy: 'Name a program without "=".',
  }
}

function placeFailure(spec: SandboxSpec, { writableRoots, readableRoots }: Roots): Failure | undefined {
  const { workspace, writableMount, socketDirectory, imageRoot } = spec
  const writable = [
    ...(workspace.writable === 'none' ? [] : [workspace.source]),
    ...(writableMount ? [writableMount.source] : []),
  ]
  const readable = [
    ...(workspace.writable === 'none' ? [workspace.source] : []),
    ...spec.mounts.map(({ source }) => source),
    ...(socketDirectory === undefined ? [] : [socketDirectory]),
    ...(imageRoot === undefined ? [] : [imageRoot]),
  ]
  const targets = [
    ...spec.mounts.map(({ target }) => target),
    ...(writableMount ? [writableMount.target] : []),
  ]
  const opened = Array.isArray(workspace.writable) ? workspace.writable : []
  const strange = [...writable, ...readable, ...targets, ...opened].find((path) => STRANGE.test(path))
  if (strange !== undefined)
    return unsafe(
      strange,
      'Rename it: a path shown in a container has no comma, quote, backslash or control character.',
    )
  const places = [...targets, '/run/airlock']
  const nested = targets.find((target) => places.some((place) => target.startsWith(`${place}/`)))
  if (nested !== undefined)
    return unsafe(nested, 'Mount it beside the other mounts: the inside of one can lead an engine astray.')
  const outside =
    writable.find((path) => !isBelow(path, writableRoots)) ??
    readable.find((path) => !isBelow(path, [...writableRoots, ...readableRoots, '/usr']))
  if (outside === undefined) return undefined
  return unsafe(outside, 'Start the runner with a root above it, and name it without links.')
}

/** Podman passes mounts on as comma-separated words. */
const STRANGE = /[,"\\\p{Cc}]/u

/** The path is its own real path, in every component: a link could lead anywhere. */
function isBelow(path: string, roots: readonly string[]): boolean {
  try {
    return realpathSync(path) === path && roots.some((root) => path === root || path.startsWith(`${root}/`))
  } catch {
    return false
  }
}

function unsafe(path: string, remedy: string): Failure {
  return {
    code: 'unsafe_path',
    rule: 'sandbox.roots',
    message: `${JSON.stringify(path)} cannot be shown in a container.`,
    remedy,
  }
}
