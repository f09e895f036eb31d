import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

const exec = promisify(execFile)

export interface SyntheticRepository {
  /** A bare repository. */
  readonly url: string
  /** Adds a commit, so that nothing kept of the former one helps. */
  commit(): Promise<void>
}

const PER_DIRECTORY = 100
const GATE = 'test -f src/0/0.js'

/** A bare repository of so many small files, with one gate that takes no time. */
export async function syntheticRepository(directory: string, files: number): Promise<SyntheticRepository> {
  const work = await mkdtemp(join(directory, 'work-'))
  const url = `${work}.git`
  for (let index = 0; index < files; index += 1) {
    const [folder, name] = [Math.floor(index / PER_DIRECTORY), index % PER_DIRECTORY]
    if (name === 0) await mkdir(join(work, 'src', `${folder}`), { recursive: true })
    await writeFile(join(work, 'src', `${folder}`, `${name}.js`), source(index))
  }
  await writeFile(join(work, 'airlock.yaml'), `version: 1\ngates:\n  - name: test\n    run: ${GATE}\n`)
  await git(work, 'init', '-q', '-b', 'main')
  await git(work, 'add', '-A')
  await git(work, 'commit', '-q', '-m', 'base')
  await exec('git', ['clone', '-q', '--bare', work, url])
  let commits = 0
  return {
    url,
    async commit() {
      commits += 1
      await writeFile(join(work, 'round.txt'), `${commits}\n`)
      await git(work, 'add', 'round.txt')
      await git(work, 'commit', '-q', '-m', 'round')
      await git(work, 'push', '-q', url, 'main')
    },
  }
}

/** About a kilobyte each, all different. */
function source(index: number): string {
  const lines = Array.from({ length: 24 }, (_, line) => `// line ${line} of file ${index}, as in real life`)
  return `export function f${index}() {\n  return ${index}\n}\n${lines.join('\n')}\n`
}

/** The same work by hand and without any protection worth the name. */
export async function bareErrand({ url }: SyntheticRepository): Promise<void> {
  const clone = await mkdtemp(`${url}-errand-`)
  await exec('git', ['clone', '-q', '--no-local', '--depth', '1', `file://${url}`, clone])
  await bwrap(clone, process.execPath, '-e', '0')
  await writeFile(join(clone, 'src/0/0.js'), 'export const changed = true\n')
  for (let run = 0; run < 2; run += 1) await bwrap(clone, '/bin/sh', '-c', GATE)
  await git(clone, 'commit', '-q', '-a', '-m', 'change')
  await rm(clone, { recursive: true, force: true })
}

function bwrap(workspace: string, ...command: string[]): Promise<unknown> {
  return exec('bwrap', [
    ...['--ro-bind', '/', '/', '--proc', '/proc', '--dev', '/dev'],
    ...['--unshare-user', '--unshare-pid', '--unshare-net', '--die-with-parent'],
    ...['--bind', workspace, workspace, '--chdir', workspace, '--'],
    ...command,
  ])
}

function git(directory: string, ...args: string[]): Promise<unknown> {
  const who = ['-c', 'user.name=Bench', '-c', 'user.email=bench@example.test']
  return exec('git', [...who, ...args], { cwd: directory })
}
