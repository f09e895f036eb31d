import { createPolicy, type Policy, type PolicySurroundings } from '#policy/policy.ts'
import { organisationRules } from '#policy/policy-file.ts'
import type { Store } from '#store/database.ts'
import { currentPolicies, policySequence } from '#store/policies.ts'

/**
 * The policies of each organisation as they are now, whichever process changed them last: each time the number of the last
 * change is asked for, and only when it is another one they are read anew.
 */
export function policiesIn(
  store: Store,
  surroundings: PolicySurroundings,
): (organisation: string) => Promise<Policy> {
  const known = new Map<string, { readonly sequence: number; readonly policy: Policy }>()
  return (organisation) =>
    store.inOrganisation(organisation, async (tx) => {
      const sequence = await policySequence(tx)
      const cached = known.get(organisation)
      if (cached?.sequence === sequence) return cached.policy
      const files = sequence === 0 ? [] : await currentPolicies(tx)
      const rules = organisationRules(files)
      const policy = rules.ok
        ? createPolicy(rules.value, surroundings)
        : createPolicy([], surroundings, rules.failure.message)
      known.set(organisation, { sequence, policy })
      return policy
    })
}
