import { expect, test } from 'vitest'
import { readKeyServices } from '#compose/key-services.ts'
import { failureOf } from '#kernel/failure.ts'

const read = (environment: Record<string, string>) => {
  try {
    return readKeyServices(environment)
  } catch (thrown) {
    return failureOf(thrown).message
  }
}

const BAO = {
  AIRLOCK_TRANSIT_URL: 'https://bao.example.org:8200',
  AIRLOCK_TRANSIT_TOKEN_FILE: '/run/bao/token',
}

test('keys are local unless one word says otherwise; what older secrets may need is known besides', () => {
  expect(read({})).toEqual({ newest: 'local' })
  const transit = {
    address: 'https://bao.example.org:8200',
    mount: 'transit',
    key: 'airlock',
    token: { file: '/run/bao/token' },
  }
  expect(read(BAO)).toEqual({ newest: 'local', transit })
  expect(
    read({
      ...BAO,
      AIRLOCK_SECRET_KEYS: 'transit',
      AIRLOCK_TRANSIT_MOUNT: 'teams/one/transit',
      AIRLOCK_TRANSIT_KEY: 'airlock-2.b',
      AIRLOCK_TRANSIT_NAMESPACE: 'ns1',
      AIRLOCK_KMS_KEY: 'alias/airlock',
    }),
  ).toEqual({
    newest: 'transit',
    transit: { ...transit, mount: 'teams/one/transit', key: 'airlock-2.b', namespace: 'ns1' },
    awsKms: { key: 'alias/airlock' },
  })
  const arn = 'arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab'
  expect(read({ AIRLOCK_SECRET_KEYS: 'aws-kms', AIRLOCK_KMS_KEY: arn })).toEqual({
    newest: 'aws-kms',
    awsKms: { key: arn },
  })
  expect(read({ AIRLOCK_TRANSIT_URL: 'http://127.0.0.1:8200', AIRLOCK_TRANSIT_TOKEN: 's.x' })).toMatchObject({
    transit: { address: 'http://127.0.0.1:8200', token: { value: 's.x' } },
  })
})

const WRONG: readonly (readonly [string, Record<string, string>])[] = [
  ['AIRLOCK_SECRET_KEYS names no keys: vault', { AIRLOCK_SECRET_KEYS: 'vault' }],
  [
    'AIRLOCK_SECRET_KEYS is transit, and AIRLOCK_TRANSIT_URL says nothing.',
    { AIRLOCK_SECRET_KEYS: 'transit' },
  ],
  ['AIRLOCK_SECRET_KEYS is aws-kms, and AIRLOCK_KMS_KEY says nothing.', { AIRLOCK_SECRET_KEYS: 'aws-kms' }],
  ['AIRLOCK_TRANSIT_URL stands without a token.', { AIRLOCK_TRANSIT_URL: 'https://bao.example.org' }],
  ['AIRLOCK_TRANSIT_URL stands without a token.', { ...BAO, AIRLOCK_TRANSIT_TOKEN_FILE: 'token' }],
  [
    'AIRLOCK_TRANSIT_URL stands without a token.',
    { ...BAO, AIRLOCK_TRANSIT_TOKEN_FILE: 'x', AIRLOCK_TRANSIT_TOKEN: 'y' },
  ],
  ...[
    'http://bao.example.org',
    'https://bao.example.org/v1',
    'https://u:p@bao.example.org',
    'bao',
    'file:///x',
  ].map(
    (url) =>
      [
        `AIRLOCK_TRANSIT_URL is not where keys could be kept: ${url}`,
        { ...BAO, AIRLOCK_TRANSIT_URL: url },
      ] as const,
  ),
  ...['/transit', 'a//b', '../sys', 'a b', 'transit/'].map(
    (mount) =>
      [`AIRLOCK_TRANSIT_MOUNT is no path: ${mount}`, { ...BAO, AIRLOCK_TRANSIT_MOUNT: mount }] as const,
  ),
  ...['a/b', '.', '..', 'a b', '-a.'].map(
    (key) =>
      [`AIRLOCK_TRANSIT_KEY is no name of a key: ${key}`, { ...BAO, AIRLOCK_TRANSIT_KEY: key }] as const,
  ),
  ['AIRLOCK_KMS_KEY is no key: a key', { AIRLOCK_KMS_KEY: 'a key' }],
]

test.each(WRONG)('%s', (message, environment) => {
  expect(read(environment)).toBe(message)
})
