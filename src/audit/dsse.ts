import { dsse } from '@sigstore/core'
import { z } from 'zod'
import { fromBase64, toBase64 } from '#kernel/bytes.ts'
import { ok, type Result, refused } from '#kernel/result.ts'
import { type Signer, type VerifierKey, verifySignature } from './signing-key.ts'

/** A signed document, DSSE v1 (https://github.com/secure-systems-lab/dsse). Exactly one signature: the installation's. */
export const Envelope = z.strictObject({
  payloadType: z.string().min(1).max(200),
  payload: z.string().max(2 * 1024 * 1024),
  signatures: z.tuple([z.strictObject({ keyid: z.string().max(300), sig: z.string().max(200) })]),
})
export type Envelope = z.infer<typeof Envelope>

/** Signs bytes together with their type, so that a signature over one kind of document never fits another. */
export async function sealEnvelope(
  payloadType: string,
  payload: Uint8Array,
  signer: Signer,
): Promise<Envelope> {
  const signature = await signer.sign(dsse.preAuthEncoding(payloadType, Buffer.from(payload)))
  return {
    payloadType,
    payload: toBase64(payload),
    signatures: [{ keyid: keyId(signer.key), sig: toBase64(signature) }],
  }
}

/** The payload of an envelope of that type that `key` signed. */
export function openEnvelope(envelope: Envelope, payloadType: string, key: VerifierKey): Result<Uint8Array> {
  if (envelope.payloadType !== payloadType) return badEnvelope(`it is no ${payloadType}`)
  const [{ keyid, sig }] = envelope.signatures
  const payload = fromBase64(envelope.payload)
  const signature = fromBase64(sig)
  if (payload === undefined || signature === undefined) return badEnvelope('its base64 is not canonical')
  if (keyid !== keyId(key)) return badEnvelope(`it says it is signed by ${keyid}, not by ${keyId(key)}`)
  const signed = dsse.preAuthEncoding(payloadType, Buffer.from(payload))
  return verifySignature(key, signed, signature)
    ? ok(payload)
    : badEnvelope('its signature does not fit its content')
}

function keyId(key: VerifierKey): string {
  return `${key.name}+${key.id}`
}

function badEnvelope(why: string): Result<never> {
  return refused({
    code: 'verification_failed',
    message: `The signed document does not hold: ${why}.`,
    rule: 'audit.envelope',
  })
}
