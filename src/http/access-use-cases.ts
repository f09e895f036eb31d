import type { Page } from '#contract/api.ts'
import type {
  ApiKey,
  ApiKeyRequest,
  IdentityProvider,
  IdentityProviderRequest,
  Invitation,
  InvitationRequest,
  NewApiKey,
  NewInvitation,
  NewPasswordReset,
  PasswordResetRequest,
  ServiceAccount,
  ServiceAccountRequest,
} from '#contract/sign-in.ts'
import type { Result } from '#kernel/result.ts'
import type { Actor } from '#policy/actor.ts'

/** How people and programs get in. */
export interface AccessUseCases {
  /** Somebody new, or a member who does not sign in with a browser yet. The newest invitation of an address is the only one. */
  invitePerson(actor: Actor, request: InvitationRequest): Promise<Result<NewInvitation>>
  listInvitations(actor: Actor): Promise<Result<Page<Invitation>>>
  revokeInvitation(actor: Actor, id: string): Promise<Result<void>>
  /** A link by which a member, by id or address, chooses a new password; the newest of theirs is the only one. */
  resetPassword(
    actor: Actor,
    person: string,
    request: PasswordResetRequest,
  ): Promise<Result<NewPasswordReset>>

  listServiceAccounts(actor: Actor): Promise<Result<Page<ServiceAccount>>>
  createServiceAccount(actor: Actor, request: ServiceAccountRequest): Promise<Result<ServiceAccount>>
  /** By id or name; its keys stop at once. */
  removeServiceAccount(actor: Actor, reference: string): Promise<Result<void>>

  /** The actor's own; everybody's for those who manage people. */
  listKeys(actor: Actor, everybody: boolean): Promise<Result<Page<ApiKey>>>
  /** Never with a permission that its holder, or who makes it, does not have. */
  createKey(actor: Actor, request: ApiKeyRequest): Promise<Result<NewApiKey>>
  revokeKey(actor: Actor, id: string): Promise<Result<void>>

  listIdentityProviders(actor: Actor): Promise<Result<Page<IdentityProvider>>>
  addIdentityProvider(actor: Actor, request: IdentityProviderRequest): Promise<Result<IdentityProvider>>
  removeIdentityProvider(actor: Actor, id: string): Promise<Result<void>>
}
