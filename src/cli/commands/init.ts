import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Command } from 'commander'
import { refused } from '#kernel/result.ts'
import { PROJECT_FILE_TEMPLATE } from '../project-file-template.ts'
import { type Cli, DONE, type Outcome, type Session } from '../session.ts'

export function initCommand(cli: Cli): Command {
  return cli
    .command('init', 'Write an airlock.yaml into this repository, to be edited and committed')
    .addHelpText(
      'after',
      '\nAirlock works without one: it finds the checks itself.\n\nExample:\n  $ airlock init',
    )
    .action(cli.act<unknown, []>(init))
}

async function init(session: Session<unknown>): Promise<Outcome> {
  const root = await session.git.rootOf(session.workingDirectory)
  if (root === undefined)
    return refused({
      code: 'repository_unreadable',
      message: `${session.workingDirectory} is not inside a git repository.`,
      remedy: 'Go into a repository, or make one with `git init`.',
    })
  const file = join(root, 'airlock.yaml')
  try {
    await writeFile(file, PROJECT_FILE_TEMPLATE, { flag: 'wx' })
  } catch (thrown) {
    if (!isThere(thrown)) throw thrown
    return refused({
      code: 'conflict',
      message: `${file} is there already.`,
      remedy: 'Edit it; nothing was changed.',
    })
  }
  const { paint } = session.screen
  session.show({ file }, () =>
    [
      `${paint('green', '✓')} Wrote ${file}`,
      '',
      `  ${paint('dim', 'It counts once it is committed: Airlock reads it from the base commit, never from an agent.')}`,
      '',
      `  ${paint('cyan', 'airlock doctor')}          ${paint('dim', 'can agents run on this machine?')}`,
      `  ${paint('cyan', 'airlock provider add …')}  ${paint('dim', 'which model do they use?')}`,
      `  ${paint('cyan', 'airlock run "…"')}         ${paint('dim', 'ask for a change')}`,
    ].join('\n'),
  )
  return DONE
}

function isThere(thrown: unknown): boolean {
  return thrown instanceof Error && 'code' in thrown && thrown.code === 'EEXIST'
}
