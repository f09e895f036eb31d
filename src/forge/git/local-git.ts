import { spawn } from 'node:child_process'
import { ok, type Result, refused } from '#kernel/result.ts'

/** A person's own repository, read as that person with their own git. The server never comes here. */
export interface LocalGit {
  rootOf(directory: string): Promise<string | undefined>
  /** True when there are changes that are not committed. */
  isDirty(root: string): Promise<boolean>
  currentBranch(root: string): Promise<string | undefined>
  commitId(repository: string, revision: string): Promise<Result<string>>
  /** The directory of the repository's objects. */
  objectsOf(repository: string): Promise<string | undefined>
  /** Who commits on this machine, as git is configured. */
  identity(): Promise<{ readonly name: string | undefined; readonly email: string | undefined }>
}

export function localGit(environment: Readonly<Record<string, string | undefined>>): LocalGit {
  const ask = async (directory: string, ...args: string[]) => {
    const output = await run(environment, directory, args)
    return output?.toString('utf8').replace(/\n$/, '') || undefined
  }
  return {
    rootOf: (directory) => ask(directory, 'rev-parse', '--show-toplevel'),
    isDirty: async (root) => (await ask(root, 'status', '--porcelain')) !== undefined,
    currentBranch: (root) => ask(root, 'symbolic-ref', '--quiet', '--short', 'HEAD'),
    commitId: async (repository, revision) => {
      const id = await ask(
        repository,
        'rev-parse',
        '--verify',
        '--quiet',
        '--end-of-options',
        `${revision}^{commit}`,
      )
      if (id !== undefined) return ok(id)
      return refused({
        code: 'not_found',
        message: `${repository} has no commit ${revision}.`,
        remedy: 'Name a commit, and the repository that holds it with --repo.',
      })
    },
    objectsOf: (repository) =>
      ask(repository, 'rev-parse', '--path-format=absolute', '--git-path', 'objects'),
    identity: async () => ({
      name: await ask('/', 'config', '--global', 'user.name'),
      email: await ask('/', 'config', '--global', 'user.email'),
    }),
  }
}

function run(
  environment: Readonly<Record<string, string | undefined>>,
  cwd: string,
  args: readonly string[],
): Promise<Buffer | undefined> {
  const { promise, resolve } = Promise.withResolvers<Buffer | undefined>()
  const child = spawn('git', args, { cwd, env: environment, stdio: ['ignore', 'pipe', 'ignore'] })
  const chunks: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
  child.on('error', () => resolve(undefined))
  child.on('close', (code) => resolve(code === 0 ? Buffer.concat(chunks) : undefined))
  return promise
}
