import { createPolicy, type Policy, type PolicySurroundings } from '#policy/policy.ts'
import { organisationRules } from '#policy/policy-file.ts'
import type { Store } from '#store/database.ts'
import { currentPolicies, policyStamp } from '#store/policies.ts'

/**
 * The policies of each organisation as they are now, whichever process changed them last: each time the number of the last
 * change and the time zone are asked for, and only when one is another they are read anew.
 */
export function policiesIn(
  store: Store,
  { clock }: Pick<PolicySurroundings, 'clock'>,
): (organisation: string) => Promise<Policy> {
  const known = new Map<string, { readonly stamp: string; readonly policy: Policy }>()
  return (organisation) =>
    store.inOrganisation(organisation, async (tx) => {
      const { sequence, timeZone = 'UTC' } = await policyStamp(tx)
      const stamp = `${sequence} ${timeZone}`
      const cached = known.get(organisation)
      if (cached?.stamp === stamp) return cached.policy
      const surroundings = { clock, timeZone }
      const files = sequence === 0 ? [] : await currentPolicies(tx)
      const rules = organisationRules(files)
      const policy = rules.ok
        ? createPolicy(rules.value, surroundings)
        : createPolicy([], surroundings, rules.failure.message)
      known.set(organisation, { stamp, policy })
      return policy
    })
}
