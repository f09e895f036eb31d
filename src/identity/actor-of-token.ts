import { type Actor, memberOf } from '#policy/actor.ts'
import type { TokenHolder } from '#store/access-tokens.ts'

/** Who a live token stands for: its holder, narrowed to what the token was made for. */
export function actorOfToken(organisation: string, holder: TokenHolder): Actor {
  const { token } = holder
  const channel = token.kind === 'cli' ? 'cli' : 'api'
  const narrowed = token.permissions === null ? {} : { narrowedTo: token.permissions }
  return { ...holderActor(organisation, holder), channel, ...narrowed }
}

function holderActor(organisation: string, { person, serviceAccount, bindings }: TokenHolder): Actor {
  if (person !== undefined)
    return memberOf(
      organisation,
      { id: person.id, name: person.name, email: person.email },
      person.role,
      bindings,
    )
  const { id, name, role } = serviceAccount
  const account = { id, name, email: `${id}@service-account.invalid` }
  return { ...memberOf(organisation, account, role, bindings), kind: 'ServiceAccount' }
}
