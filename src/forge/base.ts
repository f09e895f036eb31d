import { ok, type Result, refused } from '#kernel/result.ts'
import type { Fetched, Tip } from './repository.ts'

/** The tip a task starts from: of the branch asked for, else of the default one. */
export function baseOf(fetched: Fetched, branch: string = fetched.defaultBranch): Result<Tip> {
  const tip = fetched.tips.find((candidate) => candidate.branch === branch)
  if (tip !== undefined) return ok(tip)
  const known = fetched.tips.map((candidate) => candidate.branch)
  return refused({
    code: 'base_not_found',
    message: `The repository has no branch '${branch}'.`,
    remedy: `Name one of its branches: ${known.slice(0, 10).join(', ')}${known.length > 10 ? ', …' : ''}.`,
    details: { branch, known: known.slice(0, 100) },
  })
}
