import { chmod, mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * A directory `parent/name` that is either absent or complete: filled under another name, made readable for everyone
 * and writable for nobody else, then renamed. The name must tell the content: what is there already is taken as is.
 */
export async function stageOnce(
  parent: string,
  name: string,
  fill: (directory: string) => Promise<void>,
): Promise<string> {
  const path = join(parent, name)
  if (await exists(path)) return path
  await mkdir(parent, { recursive: true })
  await chmod(parent, 0o755)
  const draft = await mkdtemp(join(parent, DRAFT))
  try {
    await fill(draft)
    await protect(draft)
    await rename(draft, path)
  } catch (error) {
    await rm(draft, { recursive: true, force: true })
    if (!(await exists(path))) throw error // otherwise another process was faster, with the same content
  }
  return path
}

/** Removes drafts that a crash left behind; returns their paths. */
export async function discardDrafts(parent: string): Promise<readonly string[]> {
  const names = await readdir(parent).catch(() => [])
  const drafts = names.filter((name) => name.startsWith(DRAFT)).map((name) => join(parent, name))
  for (const draft of drafts) await rm(draft, { recursive: true, force: true })
  return drafts
}

const DRAFT = '.draft-'

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  )
}

/** Directories stay writable for their owner: otherwise a person could not remove the data directory with `rm -r`. */
async function protect(directory: string): Promise<void> {
  for (const entry of await readdir(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name)
    if (entry.isDirectory()) await protect(path)
    else if (entry.isFile()) await chmod(path, ((await stat(path)).mode & 0o111) === 0 ? 0o444 : 0o555)
  }
  await chmod(directory, 0o755)
}
