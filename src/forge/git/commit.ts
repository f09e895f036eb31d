import type { Person } from '#contract/task.ts'
import type { CommitRequest } from '../repository.ts'
import { git } from './run-git.ts'

/** Makes the commit; the same request always gives the same id. */
export async function makeCommit(gitDirectory: string, request: CommitRequest): Promise<string> {
  const output = await git({
    gitDirectory,
    args: ['commit-tree', request.tree, '-p', request.parent, '-F', '-'],
    config: ['i18n.commitEncoding=utf-8'],
    environment: {
      ...identity('AUTHOR', request.author, request.at),
      ...identity('COMMITTER', request.committer ?? request.author, request.at),
    },
    input: Buffer.from(request.message.replaceAll('\0', '')),
  })
  return output.toString('latin1').trim()
}

/** A person as git takes them; a name or address that git would find empty is replaced by their id. */
export function identity(role: 'AUTHOR' | 'COMMITTER', person: Person, at: number): Record<string, string> {
  return {
    [`GIT_${role}_NAME`]: plain(person.name) || plain(person.id) || 'unknown',
    [`GIT_${role}_EMAIL`]: plain(person.email) || 'unknown',
    [`GIT_${role}_DATE`]: `@${at} +0000`,
  }
}

function plain(text: string): string {
  return text.replaceAll(/[\p{Cc}<>]/gu, '').replaceAll(/^[\s.,:;"'\\]+|[\s.,:;"'\\]+$/g, '')
}
