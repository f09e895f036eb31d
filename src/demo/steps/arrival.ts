import { manyLines } from '#cli/terminal/safe-text.ts'
import { ok, type Result } from '#kernel/result.ts'
import { type Demo, showCommand } from '../demo.ts'
import { FILES } from '../place.ts'
import type { Publication } from './decision.ts'
import { git } from './sample-repository.ts'

/** Shows what arrived in the remote, as git tells it. */
export async function showArrival(demo: Demo, published: Publication): Promise<Result<void>> {
  const { narrator, cli } = demo
  const begun = narrator.begin(
    'What arrived',
    'One new branch in the remote. The commit is yours: you approved it. It says who and what made it.',
  )
  if (!begun.ok) return begun
  if (!published.pushed) {
    narrator.aside('You chose not to push: the commit stays in the server.')
    return ok(undefined)
  }
  const { branch, approver, commit } = published
  const words = ['log', '--stat', '-1', branch]
  showCommand(demo, 'git', '-C', FILES.remote, ...words)
  const log = await git(demo, '-C', FILES.remote, ...words, '--')
  cli.screen.print(`${manyLines(log).trimEnd()}\n`)
  const facts = await git(
    demo,
    '-C',
    FILES.remote,
    'log',
    '-1',
    '--format=%H%n%an <%ae>%n%(trailers:keyonly)',
    branch,
    '--',
  )
  const [id, author, ...trailers] = facts.trimEnd().split('\n')
  narrator.promise(
    id === commit &&
      author === `${approver.name} <${approver.email}>` &&
      trailers.includes('Airlock-Approval'),
    'author = approver, and the trailers name task, agent, model, requester and approval',
  )
  return ok(undefined)
}
