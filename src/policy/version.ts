import { type Digest, digestOf } from '#kernel/bytes.ts'
import { canonicalJson } from '#kernel/canonical-json.ts'
import { ACTIONS } from './action.ts'
import type { Engine } from './cedar/engine.ts'

/** Names the rules an approval was given under: a digest over the catalogue of actions and every policy that was asked. */
export function policyVersion({ version }: Pick<Engine, 'version'>): Digest {
  return digestOf(canonicalJson({ version: 2, actions: ACTIONS, policies: version }))
}
