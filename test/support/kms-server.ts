import { createCipheriv, createDecipheriv, createHash, createHmac, randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { z } from 'zod'

export interface KmsServer {
  readonly url: string
  readonly region: string
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string }
  /** The ARN of the key that an alias names. */
  readonly alias: string
  /** Points the alias to a new key. */
  point(): void
  /** Schedules every key for deletion. */
  remove(): void
  close(): Promise<void>
}

const Context = z.record(z.string(), z.string()).default({})
const Encrypt = z.object({ KeyId: z.string(), Plaintext: z.base64(), EncryptionContext: Context })
const Decrypt = z.object({ KeyId: z.string(), CiphertextBlob: z.base64(), EncryptionContext: Context })

/**
 * Encrypt and Decrypt of AWS KMS: JSON 1.1, requests signed with Signature Version 4, exceptions by name.
 * https://docs.aws.amazon.com/kms/latest/APIReference/API_Encrypt.html
 */
export async function startKmsServer(): Promise<KmsServer> {
  const region = 'eu-central-1'
  const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: randomBytes(20).toString('hex') }
  const alias = 'alias/airlock'
  const keys = new Map<string, Buffer>()
  let current = ''
  const point = () => {
    const id = randomBytes(16)
      .toString('hex')
      .replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
    current = `arn:aws:kms:${region}:111122223333:key/${id}`
    keys.set(current, randomBytes(32))
  }
  point()

  const answer = (target: string, body: unknown): [number, unknown] => {
    if (target === 'TrentService.Encrypt') {
      const { KeyId, Plaintext, EncryptionContext } = Encrypt.parse(body)
      const arn = KeyId === alias ? current : KeyId
      const key = keys.get(arn)
      if (key === undefined) return exception('NotFoundException')
      const nonce = randomBytes(12)
      const cipher = createCipheriv('aes-256-gcm', key, nonce)
      cipher.setAAD(aad(EncryptionContext))
      const sealed = [cipher.update(Buffer.from(Plaintext, 'base64')), cipher.final()]
      const blob = Buffer.concat([Buffer.from(arn), nonce, ...sealed, cipher.getAuthTag()])
      return [
        200,
        { KeyId: arn, CiphertextBlob: blob.toString('base64'), EncryptionAlgorithm: 'SYMMETRIC_DEFAULT' },
      ]
    }
    if (target !== 'TrentService.Decrypt') return exception('UnknownOperationException')
    const { KeyId, CiphertextBlob, EncryptionContext } = Decrypt.parse(body)
    const blob = Buffer.from(CiphertextBlob, 'base64')
    const length = current.length
    const arn = blob.subarray(0, length).toString()
    if (!keys.has(KeyId)) return exception('NotFoundException')
    const key = keys.get(arn)
    if (key === undefined || blob.length < length + 28) return exception('InvalidCiphertextException')
    if (arn !== KeyId) return exception('IncorrectKeyException')
    const decipher = createDecipheriv('aes-256-gcm', key, blob.subarray(length, length + 12))
    decipher.setAAD(aad(EncryptionContext))
    decipher.setAuthTag(blob.subarray(-16))
    const opened = decipher.update(blob.subarray(length + 12, -16))
    try {
      decipher.final()
    } catch {
      return exception('InvalidCiphertextException')
    }
    return [
      200,
      { KeyId: arn, Plaintext: opened.toString('base64'), EncryptionAlgorithm: 'SYMMETRIC_DEFAULT' },
    ]
  }

  const server = createServer(async (request, response) => {
    const body = await text(request)
    const [status, said] = isSigned(request, body, region, credentials)
      ? answer(`${request.headers['x-amz-target']}`, JSON.parse(body))
      : exception('IncompleteSignatureException')
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(said))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region,
    credentials,
    alias,
    point,
    remove: () => keys.clear(),
    close: async () => {
      server.closeAllConnections()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html */
function isSigned(
  request: IncomingMessage,
  body: string,
  region: string,
  { accessKeyId, secretAccessKey }: KmsServer['credentials'],
): boolean {
  const [, id, day = '', names = '', signature] =
    /^AWS4-HMAC-SHA256 Credential=(\w+)\/(\d{8})\/[\w-]+\/kms\/aws4_request, SignedHeaders=([\w;-]+), Signature=(\w+)$/.exec(
      request.headers.authorization ?? '',
    ) ?? []
  const headers = names.split(';').map((name) => `${name}:${`${request.headers[name]}`.trim()}\n`)
  const digest = (value: string) => createHash('sha256').update(value).digest('hex')
  const canonical = [request.method, request.url, '', headers.join(''), names, digest(body)].join('\n')
  const scope = `${day}/${region}/kms/aws4_request`
  const toSign = ['AWS4-HMAC-SHA256', request.headers['x-amz-date'], scope, digest(canonical)].join('\n')
  const key = [day, region, 'kms', 'aws4_request'].reduce<string | Buffer>(
    (key, part) => createHmac('sha256', key).update(part).digest(),
    `AWS4${secretAccessKey}`,
  )
  return id === accessKeyId && createHmac('sha256', key).update(toSign).digest('hex') === signature
}

/** Pairs in any order are the same context. */
function aad(context: Readonly<Record<string, string>>): Buffer {
  return Buffer.from(JSON.stringify(Object.entries(context).sort()))
}

function exception(type: string): [number, unknown] {
  return [400, { __type: type, message: `${type} of a test` }]
}
