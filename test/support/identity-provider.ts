import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import Provider from 'oidc-provider'

export interface TestProvider {
  readonly issuer: string
  readonly clientId: string
  readonly clientSecret: string
  /** Of whom it says that their address is not verified. */
  readonly unverified: Set<string>
  /** Signs somebody in there, as a browser would; gives the address the provider sends them back to. */
  signIn(url: string, email: string): Promise<string>
  close(): void
}

/** A certified identity provider on loopback that believes everybody who they say they are. */
export async function aProvider(redirectUrl: string): Promise<TestProvider> {
  const unverified = new Set<string>()
  let answer: ReturnType<Provider['callback']> = (_request, response) => void response.end()
  const server = createServer((request, response) => answer(request, response))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const [clientId, clientSecret] = ['airlock', 'a secret of the client, long enough']
  answer = new Provider(issuer, {
    clients: [{ client_id: clientId, client_secret: clientSecret, redirect_uris: [redirectUrl] }],
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
    cookies: { keys: ['only for a test'] },
    features: { devInteractions: { enabled: true } },
    findAccount: (_context: unknown, id: string) => ({
      accountId: id,
      claims: () => ({
        sub: id,
        email: id,
        email_verified: !unverified.has(id),
        name: `${id.split('@')[0]} of the provider`,
      }),
    }),
  }).callback()
  return {
    issuer,
    clientId,
    clientSecret,
    unverified,
    signIn: (url, email) => walk(issuer, url, email),
    close: () => server.close().closeAllConnections(),
  }
}

/** Follows the provider's own pages: who are you, and may they know. */
async function walk(issuer: string, start: string, email: string): Promise<string> {
  const cookies = new Map<string, string>()
  let next: { url: string; form?: URLSearchParams } = { url: start }
  for (let steps = 0; steps < 12; steps += 1) {
    const { url, form } = next
    const response = await fetch(url, {
      redirect: 'manual',
      headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
      ...(form === undefined ? {} : { method: 'POST', body: form }),
    })
    for (const text of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(text) ?? []
      cookies.set(name, value)
    }
    const location = response.headers.get('location')
    const text = await response.text()
    if (location !== null) {
      const to = new URL(location, url).href
      if (!to.startsWith(issuer)) return to
      next = { url: to }
      continue
    }
    const prompt = /name="prompt" value="(\w+)"/.exec(text)?.[1]
    const action = /action="([^"]+)"/.exec(text)?.[1]
    if (prompt === undefined || action === undefined)
      throw new Error(`the provider says: ${text.slice(0, 500)}`)
    next = {
      url: new URL(action, url).href,
      form: new URLSearchParams({ prompt, login: email, password: 'x' }),
    }
  }
  throw new Error('the provider never sends back')
}
