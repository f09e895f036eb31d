import { sampleOf } from './shape.ts'

/** A rule that sees a secret by what stands around it. Random parts of its examples are written as in shapes. */
export interface ContextRule {
  readonly rule: `secret.${string}`
  readonly holds: readonly string[]
  readonly lacks: readonly string[]
}

/** The value that the examples of `secret.known-value` take for one that Airlock holds. */
export const HELD = sampleOf('{a24}', 41)

const base64 = (text: string) => Buffer.from(text).toString('base64')
const base64url = (text: string) => Buffer.from(text).toString('base64url')
const userAndPassword = base64(`deploy:${sampleOf('{a16}', 7)}`)

/** Every rule of the secret guard that no maker's shape tells. */
export const CONTEXT_RULES: readonly ContextRule[] = [
  {
    rule: 'secret.assigned-password',
    holds: [
      'DB_PASSWORD={a14}',
      'password: "{a12}!"',
      "const pwd = '{a10}#{a4}'",
      '<password>{a16}</password>',
    ],
    lacks: [
      'DB_PASSWORD=changeme',
      'password: String',
      'passwordField = passwordInput',
      'password=$DB_PASSWORD',
    ],
  },
  {
    rule: 'secret.assigned-secret',
    holds: ['client_secret = "{a32}"', 'SECRET_KEY={a40}', '"jwtSecret": "{a28}"'],
    lacks: ['client_secret = os.environ["SECRET"]', 'SECRET_KEY=<your secret>', 'secretName: my-app-tls'],
  },
  {
    rule: 'secret.assigned-token',
    holds: ['token = "{a32}"', 'key: "{a40}"', "token: '{a36}'"],
    lacks: [
      'token = "refresh_token"',
      'csrf_token = "{a32}"',
      'max_tokens: 4096',
      'next_page_token = "{a32}"',
    ],
  },
  {
    rule: 'secret.service-key',
    holds: ['okta = "{a42}"', 'sendgrid: "{a40}"', 'cloudinary = "{a30}"'],
    lacks: ['ALGOLIA_INDEX = "products"', 'github: "https://github.com/a/b"', 'google_id = "{a32}"'],
  },
  {
    rule: 'secret.manifest-value',
    holds: [
      'kind: Secret\ndata:\n  first: {a24}',
      'apiVersion: v1\nkind: Secret\nmetadata:\n  name: app\nstringData:\n  second: {a20}1',
      'data:\n  third: {a28}\nkind: secret\n',
    ],
    lacks: [
      'kind: ConfigMap\ndata:\n  first: {a24}',
      'kind: Secret\ndata:\n  first: {{ .Values.first }}',
      'kind: ExternalSecret\ndata:\n  first: {a24}',
    ],
  },
  {
    rule: 'secret.address-password',
    holds: [
      'postgres://app:{a16}@db1.corp.net:5432/app',
      'amqp://worker:{a12}@queue.corp.net',
      'db1.corp.net:5432:app:deploy:{a14}',
    ],
    lacks: [
      'postgres://user:password@localhost/app',
      'https://example.com:8080/@scope/package',
      'redis://:$' + '{REDIS_PASSWORD}@cache:6379',
    ],
  },
  {
    rule: 'secret.webhook-address',
    holds: [
      'https://hooks.slack.com/services/T{u8}/B{u8}/{a24}',
      'https://discord.com/api/webhooks/{d18}/{w68}',
      'https://hooks.zapier.com/hooks/catch/{d7}/{l7}',
    ],
    lacks: [
      'https://hooks.slack.com/services/TXXXXXXXX/BXXXXXXXX/XXXXXXXXXXXXXXXXXXXXXXXX',
      'https://discord.com/api/webhooks/',
      'https://hooks.zapier.com/hooks/catch/',
    ],
  },
  {
    rule: 'secret.argument-password',
    holds: [
      'curl -u deploy:{a14} https://repo.corp.net',
      "sshpass -p '{a12}' ssh deploy@host1",
      'mysqldump -u root --password={a4} -p{a12} app',
    ],
    lacks: [
      'curl -u "$USER:$TOKEN" https://repo.corp.net',
      'sshpass -p "$PASSWORD" ssh a@b',
      'docker login -u ci',
    ],
  },
  {
    rule: 'secret.basic-authorization',
    holds: [
      `Authorization: Basic ${userAndPassword}`,
      `-H "authorization: basic ${userAndPassword}"`,
      `Basic ${base64(`ci:${sampleOf('{a20}', 9)}`)}`,
    ],
    lacks: ['Basic authentication', `Basic ${base64('user:password')}`, 'Basic {a24}'],
  },
  {
    rule: 'secret.bearer-authorization',
    holds: [
      'Authorization: Bearer {a40}',
      '-H "Authorization: Bearer {a32}"',
      "'Authorization': 'token {a40}'",
    ],
    lacks: ['Authorization: Bearer <token>', 'Bearer authentication-scheme', 'Authorization: Bearer $TOKEN'],
  },
  {
    rule: 'secret.json-web-token',
    holds: [
      `${base64url('{"alg":"HS256"}')}.eyJ{w40}.{w43}`,
      `token=${base64url('{"alg":"RS256","typ":"JWT"}')}.eyJ{w60}.{w86}`,
      `${base64url('{"typ":"JWT","alg":"ES256"}')}.eyJ{w80}.{w86}\n`,
    ],
    lacks: [
      `${base64url('{"alg":"HS256"}')}.eyJ{w40}`,
      `${base64url('{"name":"a name"}')}.eyJ{w40}.{w43}`,
      `${base64url('{"alg":"HS256"}')}.${base64url('{"name":"John Doe"}')}.{w43}`,
    ],
  },
  {
    rule: 'secret.private-key',
    holds: [
      armoured('PRIVATE KEY', '{b64}\n{b64}'),
      armoured('OPENSSH PRIVATE KEY', '{b70}\n{b70}'),
      armoured('RSA PRIVATE KEY', '{b64}\n{b60}=='),
    ],
    lacks: [
      armoured('PUBLIC KEY', '{b64}'),
      armoured('CERTIFICATE', '{b64}'),
      armoured('PRIVATE KEY', '...'),
    ],
  },
  {
    rule: 'secret.known-value',
    holds: [`x ${HELD} y`, base64(HELD), [...HELD].reverse().join(''), Buffer.from(HELD).toString('hex')],
    lacks: [HELD.slice(0, -1), HELD.toLowerCase(), base64(HELD.slice(0, 12))],
  },
]

function armoured(label: string, body: string): string {
  return `-----BEGIN ${label}-----\n${body}\n-----END ${label}-----`
}
