import { type Result, refused } from '#kernel/result.ts'
import type { Binding } from '#policy/binding.ts'
import { lockOwners } from '#store/people.ts'
import { lockServerOwners } from '#store/role-bindings.ts'
import type { Tx } from '#store/schema.ts'
import type { Subject } from './role-subject.ts'

/**
 * Would there be no owner any more, of the organisation or of the server? While the organisation is alone on the server its
 * owners are owners of the server, so nobody is the last.
 */
export async function isLastOwner(
  tx: Tx,
  { kind, id }: Pick<Subject, 'kind' | 'id'>,
  at: Binding['at'],
  alone: boolean,
): Promise<boolean> {
  if (kind !== 'person') return false
  const isOnly = (owners: readonly string[]) => owners.length === 1 && owners[0] === id
  if (at.kind === 'Organisation') return isOnly(await lockOwners(tx))
  return at.kind === 'Server' && !alone && isOnly(await lockServerOwners(tx))
}

export function lastOwner({ name }: Pick<Subject, 'name'>, at: Binding['at']): Result<never> {
  const where = at.kind === 'Server' ? ' of the server' : ''
  return refused({
    code: 'conflict',
    rule: at.kind === 'Server' ? 'roles.last-server-owner' : 'people.last-owner',
    message: `${name} is the last owner${where}.`,
    remedy:
      at.kind === 'Server'
        ? 'Make another one first: airlock role grant PERSON owner --at server.'
        : 'Add another owner first.',
  })
}
