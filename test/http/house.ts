import { createHttp, type HttpOptions } from '#http/app.ts'
import { createAuthenticate } from '#identity/authenticate.ts'
import { newToken, tokenHash } from '#identity/token.ts'
import { type Actor, memberOf } from '#policy/actor.ts'
import { ROLES, type Role } from '#policy/role.ts'
import { FakeApplication } from './fake-application.ts'

export interface House {
  readonly application: FakeApplication
  readonly http: ReturnType<typeof createHttp>
  readonly authenticate: HttpOptions['authenticate']
  token(role: Role, organisation?: string): string
  /** Takes the token of a role back. */
  revoke(role: Role): void
  /** A request as `role` of `org_a`, with a body as JSON where one is given. */
  ask(
    role: Role,
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<Response>
}

/** The API over a fake application, with one token for each role of two organisations. */
export function aHouse(options: Partial<HttpOptions> = {}): House {
  const application = new FakeApplication()
  const tokens = new Map<string, string>()
  const actors = new Map<string, Actor>()
  let fill = 0
  for (const organisation of ['org_a', 'org_b'])
    for (const role of ROLES) {
      const token = newToken((size) => new Uint8Array(size).fill(++fill))
      tokens.set(`${organisation} ${role}`, token)
      const person = { id: `usr_${role}`, name: role, email: `${role}@example.org` }
      actors.set(keyOf(tokenHash(token)), memberOf(organisation, person, role))
    }
  const authenticate = createAuthenticate(async (hash) => actors.get(keyOf(hash)))
  const http = createHttp(application, { authenticate, version: '0.1.0', ...options })
  const token = (role: Role, organisation = 'org_a') => tokens.get(`${organisation} ${role}`) ?? ''
  return {
    application,
    http,
    authenticate,
    token,
    revoke: (role) => void actors.delete(keyOf(tokenHash(token(role)))),
    ask: async (role, method, path, body, headers = {}) =>
      http.request(path, {
        method,
        headers: {
          host: 'localhost:7777',
          authorization: `Bearer ${token(role)}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      }),
  }
}

function keyOf(hash: Uint8Array): string {
  return Buffer.from(hash).toString('hex')
}
