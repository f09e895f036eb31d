import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { z } from 'zod'

export interface TransitServer {
  readonly url: string
  readonly token: string
  /** What was asked: path and namespace. */
  readonly asked: readonly string[]
  rotate(name: string): void
  remove(name: string): void
  /** Answers whatever comes with this, until it is told otherwise. */
  answerWith(
    answer: { readonly status: number; readonly body: string; readonly location?: string } | undefined,
  ): void
  close(): Promise<void>
}

const Encrypt = z.object({ plaintext: z.base64(), associated_data: z.base64() })
const Decrypt = z.object({ ciphertext: z.string(), associated_data: z.base64() })

/** Encrypt and decrypt of the transit engine, in the words and shapes of OpenBao 2.4 and Vault 1.20. */
export async function startTransitServer(names: readonly string[]): Promise<TransitServer> {
  const token = `s.${randomBytes(12).toString('hex')}`
  const keys = new Map(names.map((name) => [name, [randomBytes(32)]]))
  const asked: string[] = []
  let instead: Parameters<TransitServer['answerWith']>[0]

  const answer = (path: string, given: string | undefined, body: string): [number, unknown] => {
    if (given !== token) return refusal(403, 'permission denied')
    const [, verb, name = ''] = /^\/v1\/transit\/(encrypt|decrypt)\/([\w.-]+)$/.exec(path) ?? []
    const versions = keys.get(name)
    if (verb === undefined) return refusal(404, 'no handler for route')
    if (versions === undefined) return refusal(400, 'encryption key not found')
    const request: unknown = JSON.parse(body)
    return verb === 'encrypt'
      ? encrypt(versions, Encrypt.parse(request))
      : decrypt(versions, Decrypt.parse(request))
  }

  const server = createServer(async (request, response) => {
    asked.push(`${request.url} ${request.headers['x-vault-namespace'] ?? ''}`.trim())
    const body = await text(request)
    const token = request.headers['x-vault-token']
    const [status, said] =
      instead === undefined
        ? answer(request.url ?? '', Array.isArray(token) ? token[0] : token, body)
        : [instead.status, instead.body]
    response.writeHead(status, {
      'content-type': 'application/json',
      ...(instead?.location === undefined ? {} : { location: instead.location }),
    })
    response.end(typeof said === 'string' ? said : JSON.stringify(said))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    token,
    asked,
    rotate: (name) => void keys.get(name)?.push(randomBytes(32)),
    remove: (name) => void keys.delete(name),
    answerWith: (answer) => {
      instead = answer
    },
    close: () => new Promise((resolve) => server.close(() => resolve())),
  }
}

function encrypt(
  versions: readonly Buffer[],
  { plaintext, associated_data }: z.infer<typeof Encrypt>,
): [number, unknown] {
  const nonce = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', versions.at(-1) ?? '', nonce)
  cipher.setAAD(Buffer.from(associated_data, 'base64'))
  const sealed = [cipher.update(Buffer.from(plaintext, 'base64')), cipher.final()]
  const ciphertext = Buffer.concat([nonce, ...sealed, cipher.getAuthTag()]).toString('base64')
  return done({ ciphertext: `vault:v${versions.length}:${ciphertext}`, key_version: versions.length })
}

function decrypt(
  versions: readonly Buffer[],
  { ciphertext, associated_data }: z.infer<typeof Decrypt>,
): [number, unknown] {
  const [, version, encoded = ''] = /^vault:v(\d+):(.+)$/.exec(ciphertext) ?? []
  if (version === undefined) return refusal(400, 'invalid ciphertext: no prefix')
  const key = versions[Number(version) - 1]
  if (key === undefined) return refusal(400, 'invalid ciphertext: version is too new')
  const bytes = Buffer.from(encoded, 'base64')
  if (bytes.length < 28) return refusal(400, 'invalid ciphertext: too short')
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12))
  decipher.setAAD(Buffer.from(associated_data, 'base64'))
  decipher.setAuthTag(bytes.subarray(-16))
  const opened = decipher.update(bytes.subarray(12, -16))
  try {
    decipher.final()
  } catch {
    return refusal(400, 'cipher: message authentication failed')
  }
  return done({ plaintext: opened.toString('base64') })
}

function done(data: Readonly<Record<string, unknown>>): [number, unknown] {
  const envelope = { request_id: 'f00d', lease_id: '', renewable: false, lease_duration: 0 }
  return [200, { ...envelope, data, wrap_info: null, warnings: null, auth: null, mount_type: 'transit' }]
}

function refusal(status: number, error: string): [number, unknown] {
  return [status, { errors: [error] }]
}
