import type { ArithmeticFor, While } from 'unbash'
import { isRemote } from './files.ts'
import type { EndlessLoop, Invocation } from './reading.ts'

/** What a loop does for ever and without a pause; undefined for one that ends, waits or only works. */
export function endless(
  node: While | ArithmeticFor,
  inside: readonly Invocation[],
): EndlessLoop['does'] | undefined {
  if (!neverEnds(node, inside[0])) return undefined
  const waits = inside.some(
    ({ name, via, background }) =>
      via.length === 0 && !background && /^(sleep|wait|read|inotifywait)$/.test(name),
  )
  const leaves = inside.some(({ name }) => /^(break|exit|return|exec)$/.test(name))
  const names = new Set(inside.map(({ name }) => name))
  if (!waits && inside.some(({ background }) => background)) return 'background'
  if (names.has('mkdir') && names.has('cd')) return 'grow'
  return !waits && !leaves && inside.some(isRemote) ? 'flood' : undefined
}

function neverEnds(node: While | ArithmeticFor, first: Invocation | undefined): boolean {
  if (node.type === 'ArithmeticFor') return !node.test
  const forever = node.kind === 'while' ? ['true', ':'] : ['false']
  return forever.includes(first?.name ?? '') && first?.background === false
}
