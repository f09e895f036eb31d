import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { onTestFinished } from 'vitest'

/** A new directory that is gone when the test is. */
export function temporaryDirectory(name = 'airlock-test-'): string {
  const directory = mkdtempSync(join(tmpdir(), name))
  onTestFinished(() => {
    execFileSync('chmod', ['-R', 'u+rwX', directory])
    rmSync(directory, { recursive: true, force: true })
  })
  return directory
}

/** A real repository as a developer has one: a working tree, made with plain git. */
export interface GitFixture {
  readonly directory: string
  git(...args: string[]): string
  write(path: string, content: string | Uint8Array, mode?: number): void
  /** Commits everything and returns the commit. */
  commit(message?: string): string
}

export function gitFixture(options: { bare?: boolean; branch?: string } = {}): GitFixture {
  const directory = temporaryDirectory()
  const run = (...args: string[]) => plainGit(directory, ...args)
  run('init', '-q', '-b', options.branch ?? 'main', ...(options.bare === true ? ['--bare'] : []), '.')
  return {
    directory,
    git: run,
    write(path, content, mode) {
      mkdirSync(dirname(join(directory, path)), { recursive: true })
      writeFileSync(join(directory, path), content)
      if (mode !== undefined) chmodSync(join(directory, path), mode)
    },
    commit(message = 'change') {
      run('add', '-A')
      run('commit', '-q', '--allow-empty', '-m', message)
      return run('rev-parse', 'HEAD')
    },
  }
}

export function plainGit(directory: string, ...args: string[]): string {
  return plainGitWith(directory, '', ...args)
}

/** The same, with something on standard input. */
export function plainGitWith(directory: string, input: string, ...args: string[]): string {
  const environment = {
    PATH: '/usr/bin:/bin',
    HOME: '/nonexistent',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_AUTHOR_NAME: 'Dev',
    GIT_AUTHOR_EMAIL: 'dev@example.test',
    GIT_COMMITTER_NAME: 'Dev',
    GIT_COMMITTER_EMAIL: 'dev@example.test',
  }
  return execFileSync('git', ['-c', 'safe.directory=*', ...args], {
    cwd: directory,
    env: environment,
    input,
    stdio: ['pipe', 'pipe', 'pipe'],
  })
    .toString('utf8')
    .trimEnd()
}
