import { constants } from 'node:fs'
import { lchown, lstat, mkdir, open, rmdir, symlink, unlink } from 'node:fs/promises'
import { ok, type Result, refused } from '#kernel/result.ts'
import type { HostUser } from '../host-user.ts'
import type { Workspace } from './workspaces.ts'

/** One path at which two trees differ; a mode of 000000 means that it is not there. */
export interface Change {
  readonly path: string
  /** Base64 of the path's bytes, when it is not UTF-8. */
  readonly pathBytes?: string
  readonly newMode: string
  readonly newObject: string
}

const NOWHERE = '000000'

/**
 * Writes the new side of each change into a workspace that no sandbox has used yet. Never writes through a link: what
 * stands where a directory must be is refused, and files are made anew.
 */
export async function layChanges(
  workspace: Workspace,
  changes: readonly Change[],
  read: (object: string) => Promise<Uint8Array>,
): Promise<Result<void>> {
  const removed = changes.filter(({ newMode }) => newMode === NOWHERE)
  const written = changes.filter(({ newMode }) => newMode !== NOWHERE)
  const owner = await ownerOf(workspace)
  for (const change of [...removed, ...written]) {
    const parts = partsOf(change)
    if (parts === undefined) return refused(unsafe(change.path))
    await removeEntry(workspace.path, parts)
  }
  for (const change of written) {
    const parts = partsOf(change)
    if (parts === undefined || !(await makeParents(workspace, owner, parts)))
      return refused(unsafe(change.path))
    await writeEntry(workspace, owner, parts, change, await read(change.newObject))
  }
  return ok(undefined)
}

/** Only root can and must give its files to the one the workspace belongs to. */
async function ownerOf({ path }: Workspace): Promise<HostUser | undefined> {
  return process.geteuid?.() === 0 ? lstat(path) : undefined
}

function partsOf({ path, pathBytes }: Change): readonly Buffer[] | undefined {
  const bytes = pathBytes === undefined ? Buffer.from(path) : Buffer.from(pathBytes, 'base64')
  const parts = bytes.toString('latin1').split('/')
  const harmless = parts.every(
    (part) => part !== '' && part !== '.' && part !== '..' && !/^\.git$/i.test(part),
  )
  return harmless ? parts.map((part) => Buffer.from(part, 'latin1')) : undefined
}

function below(root: string, parts: readonly Buffer[]): Buffer {
  return Buffer.concat([Buffer.from(root), ...parts.flatMap((part) => [Buffer.from('/'), part])])
}

/** Removes the entry, then the directories it leaves empty, as git does. */
async function removeEntry(root: string, parts: readonly Buffer[]): Promise<void> {
  for (let count = 1; count < parts.length; count += 1)
    if (!(await isDirectory(below(root, parts.slice(0, count))))) return
  const gone = await unlink(below(root, parts)).then(
    () => true,
    () => false,
  )
  for (let count = parts.length - 1; gone && count > 0; count -= 1)
    if (
      !(await rmdir(below(root, parts.slice(0, count))).then(
        () => true,
        () => false,
      ))
    )
      return
}

async function makeParents(
  { path }: Workspace,
  owner: HostUser | undefined,
  parts: readonly Buffer[],
): Promise<boolean> {
  for (let count = 1; count < parts.length; count += 1) {
    const directory = below(path, parts.slice(0, count))
    if (await isDirectory(directory)) continue
    const made = await mkdir(directory, { mode: 0o755 }).then(
      () => true,
      () => false,
    )
    if (!made) return false
    if (owner !== undefined) await lchown(directory, owner.uid, owner.gid)
  }
  return true
}

async function writeEntry(
  { path }: Workspace,
  owner: HostUser | undefined,
  parts: readonly Buffer[],
  { newMode }: Change,
  content: Uint8Array,
): Promise<void> {
  const target = below(path, parts)
  if (newMode === '120000') await symlink(Buffer.from(content), target)
  else {
    const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW
    const file = await open(target, flags, newMode === '100755' ? 0o755 : 0o644)
    try {
      await file.writeFile(content)
      await file.chmod(newMode === '100755' ? 0o755 : 0o644)
    } finally {
      await file.close()
    }
  }
  if (owner !== undefined) await lchown(target, owner.uid, owner.gid)
}

async function isDirectory(path: Buffer): Promise<boolean> {
  return (await lstat(path).catch(() => undefined))?.isDirectory() ?? false
}

function unsafe(path: string) {
  return {
    code: 'unsafe_path' as const,
    rule: 'workspace.path',
    message: `The patch cannot be laid into a workspace at ${path}.`,
    remedy: 'Reject it and start another attempt.',
  }
}
