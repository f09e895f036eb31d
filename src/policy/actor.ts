import type { Person } from '#contract/task.ts'
import type { Permission } from './action.ts'
import type { Binding } from './binding.ts'
import type { PrincipalKind } from './cedar/schema.ts'
import type { Confirmed } from './confirmed.ts'
import type { Role } from './role.ts'

/** Who is asking, once authenticated: somebody in one organisation, with what was given to them there. */
export interface Actor {
  readonly kind: PrincipalKind
  readonly person: Person
  readonly organisation: string
  /** The strongest role in the organisation as a whole, as people see it; `bindings` decide. */
  readonly role: Role
  readonly bindings: readonly Binding[]
  /** Where the asker's key was made for some permissions only. */
  readonly narrowedTo?: readonly Permission[]
  /** The way by which it was asked: `api` unless something else is known. */
  readonly channel: string
  /** Said along with this one request. */
  readonly confirmed?: Confirmed
  /** The request in words, without what is secret in it: for somebody else who is to confirm it. */
  readonly asks?: () => Promise<string>
}

/** A person with one role in the whole organisation, and perhaps others at narrower places. */
export function memberOf(
  organisation: string,
  person: Person,
  role: Role,
  elsewhere: readonly Binding[] = [],
): Actor {
  const bindings = [{ role, at: { kind: 'Organisation', id: organisation } as const }, ...elsewhere]
  return { kind: 'User', person, organisation, role, bindings, channel: 'api' }
}
