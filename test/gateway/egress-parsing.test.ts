import { once } from 'node:events'
import { createServer } from 'node:net'
import { connect } from 'node:tls'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { EgressPreset } from '#contract/project-file.ts'
import { isPublicAddress, publicOrNamed } from '#gateway/egress/address-policy.ts'
import { parseAuthority } from '#gateway/egress/authority.ts'
import { readClientHello } from '#gateway/egress/client-hello.ts'
import { allowedByPresets } from '#gateway/egress/presets.ts'

test.each([
  '0.0.0.0',
  '10.1.2.3',
  '100.64.0.1',
  '100.100.100.200',
  '127.0.0.1',
  '127.255.255.254',
  '168.63.129.16',
  '169.254.169.254',
  '172.16.0.1',
  '172.31.255.255',
  '192.0.0.8',
  '192.0.2.1',
  '192.168.1.1',
  '198.18.0.1',
  '198.51.100.1',
  '203.0.113.1',
  '224.0.0.1',
  '255.255.255.255',
  '::',
  '::1',
  '::ffff:8.8.8.8',
  '::ffff:127.0.0.1',
  '::8.8.8.8',
  '64:ff9b::808:808',
  'fc00::1',
  'fd00:ec2::254',
  'fe80::1',
  'fe80::1%eth0',
  'fec0::1',
  'ff02::1',
  '2001::1',
  '2001:db8::1',
  '2002:7f00:1::1',
  '3fff::1',
  'localhost',
  '',
  '1.2.3',
])('%s is not on the public internet', (address) => {
  expect(isPublicAddress(address)).toBe(false)
})

test('networks an administrator named are reached besides the public internet, and nothing else is', () => {
  const mayReach = publicOrNamed(['10.20.0.0/16', '203.0.113.80/32', 'fd12:3456::/32'])
  const asked = [
    '10.20.1.2',
    '203.0.113.80',
    'fd12:3456::1',
    '8.8.8.8',
    '10.21.0.1',
    '203.0.113.81',
    'fd13::1',
  ]
  expect(asked.filter(mayReach)).toEqual(['10.20.1.2', '203.0.113.80', 'fd12:3456::1', '8.8.8.8'])
})

test.each([
  '0.0.0.0',
  '127.0.0.1',
  '100.100.100.200',
  '168.63.129.16',
  '169.254.169.254',
  '224.0.0.1',
  '::1',
  '::ffff:127.0.0.1',
  '::ffff:10.0.0.1',
  'fe80::1',
  'fd00:ec2::254',
  'ff02::1',
  'fc00::1%eth0',
  'localhost',
])('%s is refused although every network was named', (address) => {
  expect(publicOrNamed(['0.0.0.0/0', '::/0'])(address)).toBe(false)
})

test.each(['10.0.0.0', '10.0.0.0/', '10.0.0.0/33', 'mirror.example/24', '*', ''])(
  '"%s" is no network',
  (network) => {
    expect(() => publicOrNamed([network])).toThrow()
  },
)

test.each(['8.8.8.8', '1.1.1.1', '172.32.0.1', '100.128.0.1', '2606:4700::1111', '2a00:1450::1'])(
  '%s is on the public internet',
  (address) => {
    expect(isPublicAddress(address)).toBe(true)
  },
)

test.each<readonly [string, object]>([
  ['registry.npmjs.org:443', { kind: 'name', host: 'registry.npmjs.org', port: 443 }],
  ['Registry.NPMJS.org:443', { kind: 'name', host: 'registry.npmjs.org', port: 443 }],
  ...[
    '127.0.0.1:443',
    '[::1]:443',
    '[::ffff:1.2.3.4]:443',
    '2130706433:443',
    '0x7f000001:443',
    '0177.0.0.1:443',
    '127.1:443',
    '0x7f.1:443',
    '::1:443',
    'name.1:443',
  ].map((text) => [text, { kind: 'address' }] as const),
  ...[
    '',
    'registry.npmjs.org',
    'registry.npmjs.org:',
    'registry.npmjs.org:0',
    'registry.npmjs.org:0443',
    'registry.npmjs.org:65536',
    'registry.npmjs.org.:443',
    'user@registry.npmjs.org:443',
    'a:b@c:443',
    '.a:443',
    'a..b:443',
    '-a:443',
    'a-:443',
    'a b:443',
    'a/b:443',
    'a%2e:443',
    'ä.org:443',
    'a\0.org:443',
    'a_b.org:443',
    'a.org:443/',
    'http://a.org:443',
    `${'a'.repeat(64)}.org:443`,
    `${'a.'.repeat(150)}org:443`,
    'a.org:4 43',
    'a.org:+443',
    'a.org:４４３',
  ].map((text) => [text, { kind: 'malformed' }] as const),
])('the target %j is read as %j', (text, authority) => {
  expect(parseAuthority(text)).toEqual(authority)
})

test('whatever a target looks like, a name comes out canonical', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.domain().map((name) => `${name}:443`),
        fc.webAuthority(),
      ),
      (text) => {
        const authority = parseAuthority(text)
        if (authority.kind === 'name')
          expect(parseAuthority(`${authority.host}:${authority.port}`)).toEqual(authority)
      },
    ),
  )
})

test('every preset opens exact names on port 443', () => {
  for (const name of EgressPreset.options) {
    const pairs = [...allowedByPresets([name])]
    expect(pairs.length).toBeGreaterThan(0)
    for (const pair of pairs) {
      const authority = parseAuthority(pair)
      expect(authority).toMatchObject({ kind: 'name', port: 443 })
      expect(authority.kind === 'name' && `${authority.host}:${authority.port}`).toBe(pair)
    }
  }
  expect(allowedByPresets([]).size).toBe(0)
})

test('the server name of a real TLS client is read, however its greeting is cut', async () => {
  const hello = await realHello('registry.npmjs.org')
  expect(readClientHello(hello)).toEqual({
    kind: 'hello',
    serverName: 'registry.npmjs.org',
    encrypted: false,
  })
  for (let size = 0; size < hello.length; size++)
    expect(readClientHello(hello.subarray(0, size)).kind).toBe('incomplete')
})

test('a greeting without a name has none', async () => {
  expect(readClientHello(await realHello(undefined))).toEqual({
    kind: 'hello',
    serverName: undefined,
    encrypted: false,
  })
})

test('a greeting split over records is joined', async () => {
  const hello = await realHello('registry.npmjs.org')
  const payload = hello.subarray(5)
  const record = (bytes: Buffer) =>
    Buffer.concat([Buffer.from([22, 3, 1, bytes.length >> 8, bytes.length & 255]), bytes])
  const split = Buffer.concat([record(payload.subarray(0, 50)), record(payload.subarray(50))])
  expect(readClientHello(split)).toMatchObject({ serverName: 'registry.npmjs.org' })
})

test('two names, a hidden name and what is not TLS are seen as such', () => {
  expect(readClientHello(madeHello([[0, names('a.org', 'b.org')]]))).toMatchObject({ serverName: undefined })
  expect(
    readClientHello(
      madeHello([
        [0, names('a.org')],
        [0, names('b.org')],
      ]),
    ),
  ).toMatchObject({ serverName: undefined })
  expect(
    readClientHello(
      madeHello([
        [0, names('a.org')],
        [0xfe0d, Buffer.alloc(8)],
      ]),
    ),
  ).toEqual({
    kind: 'hello',
    serverName: 'a.org',
    encrypted: true,
  })
  for (const text of ['GET / HTTP/1.1\r\n\r\n', 'SSH-2.0-x\r\n'])
    expect(readClientHello(Buffer.from(text)).kind).toBe('not-tls')
})

test('damaged greetings never throw', async () => {
  const hello = await realHello('registry.npmjs.org')
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(hello.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 }),
      (changes) => {
        const bytes = Buffer.from(hello)
        for (const [at, value] of changes) bytes[at] = value
        expect(['incomplete', 'not-tls', 'hello']).toContain(readClientHello(bytes).kind)
      },
    ),
    { numRuns: 2_000 },
  )
  fc.assert(fc.property(fc.uint8Array(), (bytes) => void readClientHello(Buffer.from(bytes))))
})

async function realHello(servername: string | undefined): Promise<Buffer> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  const client = connect({ host: '127.0.0.1', port, ...(servername ? { servername } : {}) }).on(
    'error',
    () => undefined,
  )
  const [socket] = await once(server, 'connection')
  const [bytes] = await once(socket, 'data')
  client.destroy()
  socket.destroy()
  server.close()
  return bytes
}

function names(...list: string[]): Buffer {
  const entries = Buffer.concat(
    list.map((name) => Buffer.concat([Buffer.from([0]), sized(2, Buffer.from(name))])),
  )
  return sized(2, entries)
}

function madeHello(extensions: [number, Buffer][]): Buffer {
  const list = Buffer.concat(
    extensions.map(([type, content]) =>
      Buffer.concat([Buffer.from([type >> 8, type & 255]), sized(2, content)]),
    ),
  )
  const body = Buffer.concat([
    Buffer.from([3, 3]),
    Buffer.alloc(32),
    sized(1, Buffer.alloc(0)),
    sized(2, Buffer.from([0x13, 1])),
    sized(1, Buffer.from([0])),
    sized(2, list),
  ])
  return Buffer.concat([Buffer.from([22, 3, 1]), sized(2, Buffer.concat([Buffer.from([1]), sized(3, body)]))])
}

function sized(bytes: number, content: Buffer): Buffer {
  const head = Buffer.alloc(bytes)
  head.writeUIntBE(content.length, 0, bytes)
  return Buffer.concat([head, content])
}
