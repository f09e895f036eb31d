import { generateKeyPairSync, sign } from 'node:crypto'

export interface SelfSigned {
  /** Both in PEM. */
  readonly key: string
  readonly certificate: string
}

/** A new key with a certificate of its own (RFC 5280, 4.1), which Node can read and not write. */
export function selfSigned(name: string, modulusLength = 2048): SelfSigned {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength })
  const subject = der(0x30, der(0x31, der(0x30, COMMON_NAME, der(0x0c, Buffer.from(name)))))
  const validity = der(0x30, der(0x17, Buffer.from('200101000000Z')), der(0x17, Buffer.from('490101000000Z')))
  const key = publicKey.export({ type: 'spki', format: 'der' })
  const version = der(0xa0, der(0x02, Buffer.of(2)))
  const body = der(0x30, version, der(0x02, Buffer.of(1)), RSA_SHA256, subject, validity, subject, key)
  const signature = der(0x03, Buffer.of(0), sign('sha256', body, privateKey))
  const lines =
    der(0x30, body, RSA_SHA256, signature)
      .toString('base64')
      .match(/.{1,64}/g) ?? []
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    certificate: ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n'),
  }
}

const COMMON_NAME = Buffer.from('0603550403', 'hex')
const RSA_SHA256 = Buffer.from('300d06092a864886f70d01010b0500', 'hex')

function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts)
  const { length } = content
  const size =
    length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, Math.floor(length / 256), length % 256]
  return Buffer.concat([Buffer.of(tag, ...size), content])
}
