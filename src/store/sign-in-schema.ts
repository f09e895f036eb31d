import type { Generated } from 'kysely'
import type { Person } from '#contract/task.ts'
import type { Permission } from '#policy/action.ts'
import type { Role } from '#policy/role.ts'
import type { Bytes, Json, Moment, Organisation } from './column-kinds.ts'

export interface AccessTokensTable {
  organisation: Organisation
  hash: Bytes
  /** Made of the hash, to name a token by. */
  id: string
  /** Whose it is: a person's or a service account's. */
  person: string | null
  serviceAccount: string | null
  kind: Generated<TokenKind>
  name: Generated<string>
  /** What it was made for; null for everything its holder may do. */
  permissions: Json<readonly Permission[]> | null
  createdAt: Moment
  expiresAt: Moment | null
  lastUsedAt: Moment | null
  revokedAt: Moment | null
}

/** `person`: given with somebody who was added; `cli`: of a command line that signed in; `key`: of a program. */
export type TokenKind = 'person' | 'cli' | 'key'

export interface ServiceAccountsTable {
  organisation: Organisation
  id: string
  name: string
  /** In the whole organisation. */
  role: Role
  roleChangedAt: Moment | null
  createdBy: Json<Person>
  createdAt: Moment
  removedAt: Moment | null
}

export interface PersonIdentitiesTable {
  organisation: Organisation
  /** A user of the schema airlock_identity. */
  identity: string
  person: string
  createdAt: Moment
}

export interface InvitationsTable {
  organisation: Organisation
  id: string
  hash: Bytes
  /** Set where it is for somebody who is a member already. */
  person: string | null
  name: string
  email: string
  role: Role
  invitedBy: Json<Person> | null
  createdAt: Moment
  expiresAt: Moment
  usedAt: Moment | null
  revokedAt: Moment | null
}

export interface PasswordResetsTable {
  organisation: Organisation
  id: string
  hash: Bytes
  person: string
  /** It also takes the second factor and the passkeys away, for somebody who has lost them. */
  secondFactor: boolean
  createdBy: Json<Person>
  createdAt: Moment
  expiresAt: Moment
  usedAt: Moment | null
  revokedAt: Moment | null
}

export interface IdentityProvidersTable {
  organisation: Organisation
  /** Also the provider's name at sign-in. */
  id: string
  kind: Generated<'oidc' | 'saml'>
  issuer: string
  domain: string
  createdBy: Json<Person>
  createdAt: Moment
  removedAt: Moment | null
}
