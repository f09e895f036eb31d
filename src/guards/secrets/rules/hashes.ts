import { type TokenRule, token } from '../token-rule.ts'

/** Hashes of passwords as systems keep them: whoever has one can try passwords against it in peace. */
export const HASHES: readonly TokenRule[] = [
  {
    ...token(
      'password-hash',
      'password store',
      [
        crypt('2a', '{d2}', '{c53}'),
        crypt('2b', '{d2}', '{c53}'),
        crypt('2y', '{d2}', '{c53}'),
        crypt('1', '{c2,8}', '{c22}'),
        crypt('5', '{c2,16}', '{c43}'),
        crypt('6', '{c2,16}', '{c86}'),
        crypt('apr1', '{c2,8}', '{c22}'),
        crypt('y', 'j9T', '{c10,40}', '{c43}'),
      ],
      [crypt('2a', '{d2}', '{c31}'), crypt('2B', '{d2}', '{c53}'), crypt('2y', '{d2}', '{c60}')],
    ),
    class: 'password-hash',
    confidence: 'medium',
  },
]

/** The form of crypt(3): each part behind a dollar sign. */
function crypt(...parts: string[]): string {
  return parts.map((part) => `$${part}`).join('')
}
