import { createPublicKey, generateKeyPairSync, verify } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface GoogleTokenServer {
  /** The JSON file of a service account, as Google Cloud writes it, but for the address. */
  readonly keyFile: string
  /** The JSON file that `gcloud auth application-default login` writes. */
  readonly userFile: string
  /** Tokens given out so far; the last is the valid one. */
  readonly tokens: string[]
  close(): Promise<void>
}

/** Exchanges signed assertions (RFC 7523) and refresh tokens (RFC 6749) for access tokens that live `seconds`. */
export async function startGoogleTokenServer(seconds = 3_599): Promise<GoogleTokenServer> {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 })
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  const tokens: string[] = []
  const server = createServer(async (req, res) => {
    let text = ''
    for await (const chunk of req) text += chunk
    const form = new URLSearchParams(text)
    const good =
      form.get('grant_type') === 'refresh_token'
        ? form.get('refresh_token') === 'refresh-0123456789'
        : isSigned(form.get('assertion') ?? '', pem)
    if (!good) return res.writeHead(400).end('{"error":"invalid_grant"}')
    const access_token = `ya29.scripted-token-${tokens.push('') - 1}`
    tokens[tokens.length - 1] = access_token
    res.end(JSON.stringify({ access_token, expires_in: seconds, token_type: 'Bearer' }))
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const token_uri = `http://127.0.0.1:${(server.address() as AddressInfo).port}/token`
  const account = { private_key_id: 'k1', private_key: pem, client_email: 'a@p.iam.gserviceaccount.com' }
  const user = { client_id: 'c', client_secret: 's', refresh_token: 'refresh-0123456789' }
  return {
    keyFile: JSON.stringify({ type: 'service_account', project_id: 'p', ...account, token_uri }, null, 2),
    userFile: JSON.stringify({ type: 'authorized_user', ...user, token_uri }),
    tokens,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function isSigned(assertion: string, pem: string): boolean {
  const [head = '', claims = '', signature = ''] = assertion.split('.')
  const said = JSON.parse(Buffer.from(claims, 'base64url').toString())
  return (
    said.iss === 'a@p.iam.gserviceaccount.com' &&
    said.scope === 'https://www.googleapis.com/auth/cloud-platform' &&
    said.aud.endsWith('/token') &&
    said.exp - said.iat <= 3_600 &&
    verify(
      'sha256',
      Buffer.from(`${head}.${claims}`),
      createPublicKey(pem),
      Buffer.from(signature, 'base64url'),
    )
  )
}
