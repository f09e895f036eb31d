import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createAuthenticate } from '#identity/authenticate.ts'
import { isToken, newToken, tokenHash } from '#identity/token.ts'
import { equalBytes } from '#kernel/bytes.ts'
import { memberOf } from '#policy/actor.ts'

const ADA = memberOf('org_a', { id: 'usr_a', name: 'Ada', email: 'ada@example.org' }, 'owner')

describe('tokens', () => {
  test('carry all 256 bits: different bytes give different tokens', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), fc.nat(255), (bytes, bit) => {
        const other = Uint8Array.from(bytes)
        other[bit >> 3] = (other[bit >> 3] ?? 0) ^ (1 << (bit & 7))
        const token = newToken(() => bytes)
        expect(isToken(token)).toBe(true)
        expect(newToken(() => other)).not.toBe(token)
      }),
    )
  })

  test('known bytes give a known token', () => {
    expect(newToken((size) => new Uint8Array(size))).toBe(`alk_${'0'.repeat(52)}`)
    expect(newToken((size) => new Uint8Array(size).fill(255))).toBe(`alk_${'z'.repeat(51)}g`)
  })
})

describe('authenticate', () => {
  test('finds the holder by the hash of the token', async () => {
    const token = newToken(randomBytes)
    const authenticate = createAuthenticate(async (hash) =>
      equalBytes(hash, tokenHash(token)) ? ADA : undefined,
    )
    expect(await authenticate(`Bearer ${token}`)).toEqual({ ok: true, value: ADA })
    expect(await authenticate(`bearer ${token}`)).toEqual({ ok: true, value: ADA })
    expect(await authenticate(`Bearer ${newToken(randomBytes)}`)).toMatchObject({
      ok: false,
      failure: { code: 'unauthenticated' },
    })
  })

  test('asks the store for nothing that is not of the shape of a token', async () => {
    const asked: Uint8Array[] = []
    const authenticate = createAuthenticate(async (hash) => {
      asked.push(hash)
      return undefined
    })
    for (const header of [
      undefined,
      '',
      'Bearer ',
      'Bearer alk_',
      `Bearer alk_${'u'.repeat(52)}`,
      'Basic eDp5',
    ])
      expect((await authenticate(header)).ok).toBe(false)
    expect(asked).toEqual([])
  })
})
