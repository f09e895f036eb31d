import { type Digest, digestOf } from '#kernel/bytes.ts'
import { canonicalJson } from '#kernel/canonical-json.ts'
import { ACTIONS } from './action.ts'
import { LEAST_ROLE } from './role.ts'

/** Names the rules an approval was given under: a digest over the catalogue of actions and the roles that hold them. */
export function policyVersion(): Digest {
  return digestOf(canonicalJson({ version: 1, actions: ACTIONS, leastRole: LEAST_ROLE }))
}
