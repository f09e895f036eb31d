import { z } from 'zod'
import { fromBase64, toBase64, utf8 } from '#kernel/bytes.ts'
import type { KeyWrap } from '../key-wrap.ts'
import { labelBytes } from '../sealed-bytes.ts'
import { keyLost, notAsSealed, serviceFailed } from '../vault-failure.ts'
import { askTransit, TRANSIT_KEY, type TransitService } from './ask-transit.ts'

const KIND = 'transit'

const Encrypted = z.object({
  ciphertext: z.string().regex(/^vault:v[1-9][0-9]{0,8}:[A-Za-z0-9+/]+={0,2}$/),
})
const Decrypted = z.object({ plaintext: z.string().max(1024) })

/** In the words of the engine's own source: it has no codes. */
const LOST = /encryption key not found|disallowed by policy \(too old\)|version is too new/
const NOT_AS_SEALED = /message authentication failed|invalid ciphertext/

/**
 * Keys of the transit engine of OpenBao or Vault, which never leave it. The label is `associated_data`, so the key has to be
 * of a kind that authenticates (aes256-gcm96, the usual one, or chacha20-poly1305).
 * https://openbao.org/api-docs/secret/transit
 */
export function transitKeys(service: TransitService, name: string): KeyWrap {
  return {
    kind: KIND,
    async wrap(dataKey, label) {
      const answer = await askTransit(service, 'encrypt', name, {
        plaintext: toBase64(dataKey),
        associated_data: toBase64(labelBytes(label)),
      })
      const said = Encrypted.safeParse(answer.data)
      if (!said.success) throw serviceFailed(service.address, `${KIND}:${name}`, answer.reason)
      const [, version] = said.data.ciphertext.split(':')
      return { key: `${KIND}:${name}:${version}`, wrapped: utf8(said.data.ciphertext) }
    },
    async unwrap({ key, wrapped }, label) {
      const [, owner = ''] = key.split(':')
      if (!TRANSIT_KEY.test(owner)) throw notAsSealed(key)
      const answer = await askTransit(service, 'decrypt', owner, {
        ciphertext: Buffer.from(wrapped).toString('utf8'),
        associated_data: toBase64(labelBytes(label)),
      })
      const said = Decrypted.safeParse(answer.data)
      const dataKey = said.success ? fromBase64(said.data.plaintext) : undefined
      if (dataKey !== undefined) return dataKey
      if (LOST.test(answer.reason)) throw keyLost(key, service.address)
      if (NOT_AS_SEALED.test(answer.reason)) throw notAsSealed(key)
      throw serviceFailed(service.address, key, answer.reason)
    },
  }
}
