import { realpath } from 'node:fs/promises'
import { compileScope } from '#guards/scope.ts'
import { AirlockError } from '#kernel/failure.ts'
import type { Grant } from '#policy/grant.ts'
import type { Bench } from './builtin/tools/bench.ts'

/** The host, as far as a guest program can reach it. */
export type Host = Pick<Bench, 'report' | 'alive' | 'signal' | 'permit'>

/** What tools work with inside of the sandbox: the workspace, and the scope of the grant around every write. */
export async function benchIn(
  workspace: string,
  { scope, protectedPaths }: Pick<Grant, 'scope' | 'protectedPaths'>,
  host: Host,
): Promise<Bench> {
  const guard = compileScope(scope, protectedPaths)
  if (!guard.ok) throw new AirlockError(guard.failure)
  return {
    workspace: await realpath(workspace),
    objectionToWriting: (path) => {
      const decision = guard.value.decide(path)
      if (decision.allowed) return undefined
      return { rule: decision.rule, reason: decision.reason, remedy: decision.remedy }
    },
    ...host,
  }
}
