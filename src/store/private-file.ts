import { mkdir, open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { AirlockError } from '#kernel/failure.ts'

/** The text of a file that holds secrets; undefined when there is none. Throws for a file that others can read. */
export async function readPrivateFile(file: string): Promise<string | undefined> {
  const mode = await stat(file).then(
    (found) => found.mode,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined
      throw error
    },
  )
  if (mode === undefined) return undefined
  if ((mode & 0o077) === 0) return readFile(file, 'utf8')
  throw new AirlockError({
    code: 'invalid_configuration',
    rule: 'secrets.private-file',
    message: `${file} holds secrets and can be read by others.`,
    remedy: `Take them for stolen if others use this machine; else run: chmod 600 ${file}`,
  })
}

const changing = new Map<string, Promise<void>>()

/**
 * Changes a file that holds secrets, one change after the other, those of other processes included: two people who add
 * something at once both find it there. `change` is given the text as it is, and returns the one to write; undefined leaves the file alone.
 */
export async function changePrivateFile(
  file: string,
  change: (text: string | undefined) => string | undefined,
): Promise<void> {
  const before = changing.get(file) ?? Promise.resolve()
  const mine = before
    .catch(() => undefined)
    .then(async () => {
      const release = await lock(file)
      try {
        const text = change(await readPrivateFile(file))
        if (text !== undefined) await writePrivateFile(file, text)
      } finally {
        await release()
      }
    })
  changing.set(file, mine)
  try {
    await mine
  } finally {
    if (changing.get(file) === mine) changing.delete(file)
  }
}

const TRIES = 200
const MILLISECONDS_BETWEEN = 50

/** Keeps other processes from changing a file. A lock whose holder is dead counts no more. */
async function lock(file: string): Promise<() => Promise<void>> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 })
  const path = `${file}.lock`
  for (let tries = 0; tries < TRIES; tries += 1) {
    const taken = await writeFile(path, `${process.pid}`, { flag: 'wx', mode: 0o600 }).then(
      () => true,
      (error: NodeJS.ErrnoException) => {
        if (error.code === 'EEXIST') return false
        throw error
      },
    )
    if (taken) return () => rm(path, { force: true })
    const holder = Number(await readFile(path, 'utf8').catch(() => ''))
    if (holder > 0 && !isAlive(holder)) await rm(path, { force: true })
    else await pause(MILLISECONDS_BETWEEN)
  }
  throw new AirlockError({
    code: 'conflict',
    message: `${file} is being changed by another process.`,
    remedy: `Try again; if nothing else of Airlock runs, remove ${path}.`,
  })
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH'
  }
}

/** Puts a text in a file of mode 0600, all of it or none, and on the disk before it returns. */
async function writePrivateFile(file: string, text: string): Promise<void> {
  const draft = `${file}.new`
  const handle = await open(draft, 'w', 0o600)
  try {
    await handle.chmod(0o600)
    await handle.writeFile(text)
    await handle.sync()
  } finally {
    await handle.close()
  }
  await rename(draft, file)
}
