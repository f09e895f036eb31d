import { lstatSync } from 'node:fs'
import { isAbsolute, join, normalize } from 'node:path'
import type { Failure } from '#kernel/failure.ts'
import type { SandboxSpec } from '../driver.ts'
import { ETC_FILES } from './etc-files.ts'

/** What is wrong with a spec, before anything is started; undefined when nothing is. */
export function specFailure(spec: SandboxSpec): Failure | undefined {
  return (
    idFailure(spec) ??
    textFailure(spec) ??
    mountFailure(spec) ??
    imageFailure(spec) ??
    workspaceFailure(spec) ??
    limitFailure(spec)
  )
}

function idFailure({ id }: SandboxSpec): Failure | undefined {
  if (/^[a-z0-9_]{1,64}$/.test(id)) return undefined
  return {
    code: 'invalid_input',
    rule: 'sandbox.id',
    message: 'A sandbox is named by lower-case letters, digits and _.',
  }
}

/** Options reach bwrap separated by NUL bytes: one inside a value would be read as an option of its own. */
function textFailure(spec: SandboxSpec): Failure | undefined {
  const variables = Object.entries(spec.environment)
  const texts = [...spec.command, spec.workingDirectory, ...variables.flat(), ...pathsOf(spec)]
  if (texts.some((text) => text.includes('\0')))
    return {
      code: 'invalid_input',
      rule: 'sandbox.text',
      message: 'A command, variable or path holds a NUL byte.',
    }
  const wrong = variables.map(([name]) => name).find((name) => !/^[A-Za-z_][A-Za-z0-9_]*$/.test(name))
  if (wrong === undefined) return undefined
  return {
    code: 'invalid_input',
    rule: 'sandbox.environment',
    message: `${JSON.stringify(wrong)} is no variable name.`,
  }
}

/** Where a mount may appear: nowhere on top of what the profile itself arranges. */
const FREE_PLACES = /^\/(?:opt|run|srv|mnt)\/[^/].*$|^\/home\/agent\/[^/].*$|^\/[a-z][a-z0-9.-]*\.git$/

function mountFailure(spec: SandboxSpec): Failure | undefined {
  if (spec.phase === 'check' && spec.socketDirectory !== undefined)
    return {
      code: 'invalid_input',
      rule: 'sandbox.network',
      message: 'In the check phase there is no way out, not even to the gateway.',
      remedy: 'Leave the socket directory away.',
    }
  const mounts = [...spec.mounts, ...(spec.writableMount ? [spec.writableMount] : [])]
  for (const { source, target } of mounts)
    if (
      !isCanonical(source) ||
      !isCanonical(target) ||
      !FREE_PLACES.test(target) ||
      target === '/run/airlock'
    )
      return unsafe('sandbox.mount', target, 'Mount it below /opt, /run, /srv, /mnt or /home/agent.')
  if (spec.socketDirectory !== undefined && !isCanonical(spec.socketDirectory))
    return unsafe('sandbox.mount', spec.socketDirectory, 'Give an absolute path without dots.')
  return undefined
}

/** `etc` is bound as a whole, and Airlock's own files on top of it: a link in such a place would lead bwrap astray. */
function imageFailure({ imageRoot: root }: SandboxSpec): Failure | undefined {
  if (root === undefined) return undefined
  const etc = join(root, 'etc')
  const places = Object.keys(ETC_FILES).map((name) => lstatSync(join(etc, name), { throwIfNoEntry: false }))
  const sound = places.every((place) => place?.isFile() === true)
  if (isCanonical(root) && isRealDirectory(root) && isRealDirectory(etc) && sound) return undefined
  return unsafe('sandbox.image', root, 'Give the root directory of an image that Airlock has unpacked.')
}

function workspaceFailure({
  workspace: { source, writable },
  writableMount,
}: SandboxSpec): Failure | undefined {
  if (!isCanonical(source) || !isRealDirectory(source))
    return unsafe('sandbox.workspace', source, 'Give the absolute path of a directory that is no link.')
  for (const directory of Array.isArray(writable) ? writable : [])
    if (!isRealDirectoryBelow(source, directory))
      return unsafe('sandbox.writable', directory, 'Name existing directories of the workspace, not links.')
  if (writableMount !== undefined && !isRealDirectory(writableMount.source))
    return unsafe('sandbox.writable', writableMount.source, 'Give a directory that is no link.')
  return undefined
}

function limitFailure({ limits }: SandboxSpec): Failure | undefined {
  const wrong = Object.entries(limits).find(([, value]) => !(Number.isFinite(value) && value > 0))
  if (wrong === undefined && limits.seconds <= LONGEST) return undefined
  return {
    code: 'invalid_input',
    rule: 'sandbox.limits',
    message: `The limit ${wrong?.[0] ?? 'seconds'} is out of range.`,
  }
}

/** Timers of Node overflow, and fire at once, above this many seconds. */
const LONGEST = 2_000_000

function pathsOf(spec: SandboxSpec): string[] {
  const mounts = [...spec.mounts, ...(spec.writableMount ? [spec.writableMount] : [])]
  return [
    spec.workspace.source,
    ...(spec.imageRoot === undefined ? [] : [spec.imageRoot]),
    ...mounts.flatMap(({ source, target }) => [source, target]),
  ]
}

function isCanonical(path: string): boolean {
  return isAbsolute(path) && normalize(path) === path && path !== '/' && !path.endsWith('/')
}

function isRealDirectory(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false
}

/** Looks at every component: a link in the middle would make the kernel bind a directory outside the workspace. */
function isRealDirectoryBelow(root: string, relative: string): boolean {
  const parts = relative.split('/')
  if (parts.some((part) => part === '' || part === '.' || part === '..')) return false
  return parts.every((_, index) => isRealDirectory(join(root, ...parts.slice(0, index + 1))))
}

function unsafe(rule: string, path: string, remedy: string): Failure {
  return {
    code: 'unsafe_path',
    rule,
    message: `${JSON.stringify(path)} cannot be shown in a sandbox.`,
    remedy,
  }
}
