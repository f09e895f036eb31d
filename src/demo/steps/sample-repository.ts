import { execFile } from 'node:child_process'
import { cp } from 'node:fs/promises'
import { promisify } from 'node:util'
import type { Result } from '#kernel/result.ts'
import { ok } from '#kernel/result.ts'
import type { Demo } from '../demo.ts'
import { FILES } from '../place.ts'

const AUTHOR = ['-c', 'user.name=Sample Author', '-c', 'user.email=author@sample.example']

/** Makes the sample a real repository with a real remote. */
export async function makeRepository(demo: Demo): Promise<Result<void>> {
  const { narrator } = demo
  const begun = narrator.begin(
    'A repository with a bug',
    'Your own would do as well. This one has a known bug, so you can judge what the agent does.',
  )
  if (!begun.ok) return begun
  const { shop, remote } = FILES
  await cp(demo.sample, shop, { recursive: true })
  await git(demo, 'init', '--quiet', '--initial-branch=main', shop)
  await git(demo, '-C', shop, 'add', '--all')
  await git(
    demo,
    '-C',
    shop,
    ...AUTHOR,
    'commit',
    '--quiet',
    '--no-gpg-sign',
    '-m',
    'A small billing library',
  )
  await git(demo, 'clone', '--quiet', '--bare', shop, remote)
  narrator.done('shop      one bug: one failing test, and two lint failures that were there before')
  narrator.done('shop.git  a bare remote, where a forge would be')
  return ok(undefined)
}

/** Runs git on what the demo itself made, with none of the person's configuration. */
export async function git({ cli }: Demo, ...args: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)('git', args, {
    env: {
      PATH: cli.environment.PATH,
      HOME: '/nonexistent',
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_TERMINAL_PROMPT: '0',
    },
  })
  return stdout
}
