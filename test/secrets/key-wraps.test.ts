import { randomBytes } from 'node:crypto'
import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { awsKmsKeys } from '#secrets/aws-kms/aws-kms-keys.ts'
import { localKeys } from '#secrets/local-key/local-keys.ts'
import { severalKeyWraps } from '#secrets/several-key-wraps.ts'
import { transitKeys } from '#secrets/transit/transit-keys.ts'
import { failureFrom, keyWrapSuite } from '#test/port-suites/key-wrap.ts'
import { startKmsServer } from '#test/support/kms-server.ts'
import { startTransitServer, type TransitServer } from '#test/support/transit-server.ts'

const LABEL = { name: 'npmrc' }

keyWrapSuite('keys in a local file', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'airlock-keys-'))
  const file = join(directory, 'keys/secret-keys.json')
  const keys = localKeys(file, randomBytes)
  await keys.wrap(randomBytes(32), LABEL)
  const text = await readFile(file, 'utf8')
  return {
    keys,
    renew: async () => keys.renew?.(),
    lose: () => rm(file),
    secrets: JSON.parse(text).keys.map(({ key }: { key: string }) => key),
    close: () => rm(directory, { recursive: true }),
  }
})

keyWrapSuite('keys of a transit engine', async () => {
  const server = await startTransitServer(['airlock'])
  const service = { address: server.url, mount: 'transit', token: { value: server.token } }
  return {
    keys: transitKeys(service, 'airlock'),
    renew: async () => server.rotate('airlock'),
    lose: async () => server.remove('airlock'),
    secrets: [server.token],
    close: server.close,
  }
})

keyWrapSuite('keys of AWS KMS', async () => {
  const { url: endpoint, region, credentials, alias, ...server } = await startKmsServer()
  return {
    keys: awsKmsKeys({ key: alias, client: { endpoint, region, credentials } }),
    renew: async () => server.point(),
    lose: async () => server.remove(),
    secrets: [credentials.secretAccessKey],
    close: server.close,
  }
})

describe('the local file', () => {
  let directory: string
  let file: string
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'airlock-keys-'))
    file = join(directory, 'secret-keys.json')
  })
  afterEach(() => rm(directory, { recursive: true }))

  test('is made for its owner alone, once, by whoever comes first of several', async () => {
    const all = await Promise.all(
      Array.from({ length: 5 }, () => localKeys(file, randomBytes).wrap(randomBytes(32), LABEL)),
    )
    expect(new Set(all.map(({ key }) => key)).size).toBe(1)
    expect((await stat(file)).mode & 0o777).toBe(0o600)
  })

  test('is refused when others can read it, and when it is damaged', async () => {
    const keys = localKeys(file, randomBytes)
    const wrapped = await keys.wrap(randomBytes(32), LABEL)
    await chmod(file, 0o640)
    expect(await failureFrom(keys.unwrap(wrapped, LABEL))).toMatchObject({ rule: 'secrets.private-file' })
    for (const text of [
      '',
      '{}',
      '{"version":1,"keys":[]}',
      '{"version":1,"keys":[{"id":"00","key":"AA=="}]}',
    ]) {
      await writeFile(file, text)
      await chmod(file, 0o600)
      for (const work of [() => keys.unwrap(wrapped, LABEL), () => keys.wrap(randomBytes(32), LABEL)])
        expect(await failureFrom(work())).toMatchObject({ rule: 'vault.key-file' })
    }
  })

  test('forgets the keys that nothing is under, and never the newest', async () => {
    const keys = localKeys(file, randomBytes)
    const names: string[] = []
    for (let made = 0; made < 3; made += 1) {
      names.push((await keys.wrap(randomBytes(32), LABEL)).key)
      await keys.renew?.()
    }
    await keys.retire?.(new Set([names[1] ?? '']))
    const stored = JSON.parse(await readFile(file, 'utf8')).keys.map(
      ({ id }: { id: string }) => `local:${id}`,
    )
    expect(stored).toEqual([names[1], (await keys.wrap(randomBytes(32), LABEL)).key])
  })
})

describe('a service of keys', () => {
  let server: TransitServer
  beforeEach(async () => {
    server = await startTransitServer(['airlock', 'older'])
  })
  afterEach(() => server.close())
  const service = (value: string) => ({ address: server.url, mount: 'transit', token: { value } })

  test('is asked with its namespace, and with the token that stands in the file now', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'airlock-token-'))
    const file = join(directory, 'token')
    const keys = transitKeys(
      { address: server.url, mount: 'transit', namespace: 'team/one', token: { file } },
      'airlock',
    )
    expect((await failureFrom(keys.wrap(randomBytes(32), LABEL))).message).toContain('holds no token')
    await writeFile(file, 's.expired', { mode: 0o600 })
    const refused = await failureFrom(keys.wrap(randomBytes(32), LABEL))
    expect(refused).toMatchObject({
      rule: 'vault.key-service',
      message: expect.stringMatching(/permission denied$/),
    })
    await writeFile(file, `${server.token}\n`)
    await keys.wrap(randomBytes(32), LABEL)
    expect(server.asked).toEqual(Array(2).fill('/v1/transit/encrypt/airlock team/one'))
    await chmod(file, 0o644)
    expect((await failureFrom(keys.wrap(randomBytes(32), LABEL))).rule).toBe('secrets.private-file')
    await rm(directory, { recursive: true })
  })

  test('that answers nonsense, sends elsewhere or is gone is named, with nothing of what it said', async () => {
    const keys = transitKeys(service(server.token), 'airlock')
    const wrapped = await keys.wrap(randomBytes(32), LABEL)
    const answers = [
      { status: 200, body: '<html>hunter2</html>' },
      { status: 200, body: '[]' },
      { status: 200, body: '{"data":{"plaintext":"%%%","ciphertext":"plain hunter2"}}' },
      { status: 307, body: '', location: `${server.url}/elsewhere` },
      { status: 500, body: `{"errors":["${'x'.repeat(2_000)}"]}` },
      { status: 200, body: `{"data":{"plaintext":"${'A'.repeat(80_000)}"}}` },
    ]
    for (const answer of answers) {
      server.answerWith(answer)
      for (const work of [() => keys.wrap(randomBytes(32), LABEL), () => keys.unwrap(wrapped, LABEL)]) {
        const failure = await failureFrom(work())
        expect(failure).toMatchObject({ code: 'vault_unavailable', rule: 'vault.key-service' })
        expect(JSON.stringify(failure)).not.toMatch(/hunter2|A{50}|x{500}/)
      }
    }
    expect(server.asked.some((path) => path.includes('elsewhere'))).toBe(false)
    await server.close()
    expect((await failureFrom(keys.unwrap(wrapped, LABEL))).rule).toBe('vault.key-service')
    server = await startTransitServer([])
  })

  test('is never led to another path by what stands in the database', async () => {
    const keys = transitKeys(service(server.token), 'airlock')
    const wrapped = await keys.wrap(randomBytes(32), LABEL)
    const before = server.asked.length
    for (const key of ['transit:../sys/seal:v1', 'transit:a/b:v1', 'transit::v1', 'transit:..:v1'])
      expect((await failureFrom(keys.unwrap({ ...wrapped, key }, LABEL))).rule).toBe('vault.not-as-sealed')
    expect(server.asked.length).toBe(before)
  })

  test('stands beside others: each kind unwraps its own, the first wraps', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'airlock-keys-'))
    const local = localKeys(join(directory, 'secret-keys.json'), randomBytes)
    const older = transitKeys(service(server.token), 'older')
    const both = severalKeyWraps(transitKeys(service(server.token), 'airlock'), [local])
    const dataKey = randomBytes(32)
    for (const keys of [local, older, both])
      expect(Buffer.from(await both.unwrap(await keys.wrap(dataKey, LABEL), LABEL))).toEqual(dataKey)
    expect((await both.wrap(dataKey, LABEL)).key).toBe('transit:airlock:v1')
    const unknown = { key: 'gcp:projects/x', wrapped: dataKey }
    expect((await failureFrom(both.unwrap(unknown, LABEL))).rule).toBe('vault.key-lost')
    await rm(directory, { recursive: true })
  })
})
