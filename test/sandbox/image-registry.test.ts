import { rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { Result } from '#kernel/result.ts'
import type { Sandbox, SandboxSpec } from '#sandbox/driver.ts'
import type { Images } from '#sandbox/image/images.ts'
import {
  type BuiltImage,
  builtImage,
  type Compression,
  indexOf,
  layerOf,
  layerOfHost,
  makeHostLayer,
  sha256Of,
} from '#test/support/oci-image.ts'
import { NEIGHBOUR, REGISTRY, startRegistry, type TestRegistry } from '#test/support/oci-registry.ts'
import { type ImageRig, imageRig } from './image-rig.ts'

const OTHER = process.arch === 'arm64' ? 'amd64' : 'arm64'
const NAME = `${REGISTRY}/team/tools`

let rig: ImageRig
let registry: TestRegistry
let images: Images
let runs: BuiltImage
/** Without anything to run: refused only once it is here. */
let small: BuiltImage

beforeAll(async () => {
  registry = await startRegistry()
  rig = await imageRig({
    reach: registry.reach,
    authority: registry.authority,
    registries: [REGISTRY, 'docker.io', NEIGHBOUR],
  })
  images = rig.images
  const mark = await layerOf([{ name: 'usr/mark', text: 'x'.repeat(100_000) }])
  runs = builtImage({
    layers: [await layerOfHost(), mark],
    environment: ['PATH=/usr/local/go/bin:relative:/usr/bin', 'SECRET=x'],
  })
  small = builtImage({
    layers: [await layerOf([{ name: 'a', text: 'a'.repeat(50_000) }])],
    compression: 'none',
  })
})
afterAll(async () => {
  await rig.close()
  await registry.close()
})
afterEach(async () => {
  for (const key of Object.keys(registry.manners)) delete registry.manners[key as never]
  registry.log.length = 0
  for (const { digest } of await images.list()) await images.remove(digest)
})

const put = (image: BuiltImage | Buffer, tag = 'one') => registry.put('team/tools', tag, image)
/** How an image that comes is refused; `here` when all of it came. */
async function fate(name = `${NAME}:one`): Promise<string> {
  const pulled = await images.pull(name)
  return pulled.ok ? 'here' : `${pulled.failure.code} ${pulled.failure.rule}`
}
const blobOf = (image: BuiltImage) => [...image.blobs.keys()].at(-1) ?? ''

test('a tag is followed once to a digest; what is here is not fetched again', async () => {
  put(indexOf({ [`linux/${OTHER}`]: small, [`linux/${process.arch === 'arm64' ? 'arm64' : 'amd64'}`]: runs }))
  registry.blobs(runs)
  registry.put('team/tools', 'unused', runs)
  registry.manners.redirect = true
  const first = await images.obtain(`${NAME}:one`)
  if (!first.ok) throw new Error(JSON.stringify(first.failure))
  expect(first.value).toEqual({
    digest: runs.digest,
    root: join(rig.shelf, runs.digest.replace(':', '-'), 'root'),
    path: '/usr/local/go/bin:/usr/bin',
    pinned: `${NAME}:one@${runs.digest}`,
  })
  const [config, base, mark] = [...runs.blobs.keys()]
  const token = '/v2/team/tools'
  expect(registry.log).toEqual([
    `GET ${REGISTRY}${token}/manifests/one`,
    'GET auth.example.com/token',
    `GET ${REGISTRY}${token}/manifests/one +token`,
    `GET ${REGISTRY}${token}/manifests/${runs.digest} +token`,
    ...[config, base, mark].flatMap((blob) => [
      `GET ${REGISTRY}${token}/blobs/${blob} +token`,
      `GET cdn.example.com/${blob}`,
    ]),
  ])
  const { stdout } = await rig.inside(first.value.root, ['sh', '-c', 'ls /usr/mark; cat /etc/hostname'])
  expect(stdout).toBe('/usr/mark\nairlock\n')

  registry.log.length = 0
  expect(await images.obtain(first.value.pinned)).toEqual(first)
  expect(await rig.another().obtain(`${NAME}@${runs.digest}`)).toMatchObject({
    ok: true,
    value: { pinned: `${NAME}@${runs.digest}`, root: first.value.root },
  })
  expect(registry.log).toEqual([]) // by digest nobody is asked
  expect(await images.obtain(`${NAME}:one`)).toEqual(first)
  expect(registry.log.filter((line) => line.includes('/blobs/'))).toEqual([]) // a tag is followed again, no more
})

test('the digest of an index leads to the same image, without asking again', async () => {
  const index = indexOf({ 'linux/amd64': runs, 'linux/arm64': runs })
  registry.put('team/tools', 'one', runs)
  put(index)
  const name = `${NAME}@${sha256Of(index)}`
  const first = await images.obtain(name)
  registry.log.length = 0
  expect(await images.obtain(name)).toEqual(first)
  expect([first.ok, registry.log]).toEqual([true, []])
})

test('docker.io is asked where it answers, for library images by their short names', async () => {
  registry.put('library/tools', 'latest', small)
  expect(await fate('tools')).toBe('here')
  expect(registry.log[0]).toBe('GET registry-1.docker.io/v2/library/tools/manifests/latest')
})

test.for<Compression>(['gzip', 'zstd', 'none'])('takes layers in the form %s', async (compression) => {
  const image = builtImage({ layers: [await layerOf([{ name: 'a', text: compression }])], compression })
  put(image)
  expect(await fate()).toBe('here')
})

test('many who want the same image at once share one download', async () => {
  put(runs)
  const got = await Promise.all(Array.from({ length: 8 }, () => images.obtain(`${NAME}:one`)))
  expect(got.map(({ ok }) => ok)).toEqual(Array(8).fill(true))
  expect(registry.log.filter((line) => line.includes(`/blobs/${blobOf(runs)}`))).toHaveLength(1)
  const impatient = AbortSignal.abort()
  await images.remove(runs.digest)
  expect(await images.obtain(`${NAME}:one`, impatient)).toMatchObject({ failure: { code: 'cancelled' } })
  expect(await fate()).toBe('here')
})

test('a transfer that breaks off is taken up where it ended, also by a server without ranges', async () => {
  put(small)
  const blob = blobOf(small)
  registry.manners.breaksOff = new Map([[blob, 2]])
  expect(await fate()).toBe('here')
  const starts = registry.log
    .filter((line) => line.includes(blob))
    .map((line) => / from (\d+)$/.exec(line)?.[1])
  expect(starts[0]).toBeUndefined()
  expect(starts.slice(1).map(Number)).toEqual([...starts.slice(1).map(Number)].sort((a, b) => a - b))
  expect(Number(starts.at(-1))).toBeGreaterThan(20_000)

  await images.remove(small.digest)
  registry.manners.ignoresRanges = true
  registry.manners.breaksOff = new Map([[blob, 1]])
  expect(await fate()).toBe('here')
})

test.for<[title: string, misbehave: (registry: TestRegistry, blob: string) => void, fate: string]>([
  ['a blob with another byte', ({ manners }, blob) => (manners.corrupts = new Set([blob])), 'image.digest'],
  ['a blob that is too long', ({ manners }, blob) => (manners.adds = new Set([blob])), 'image.registry-form'],
  [
    'a blob that always breaks off',
    ({ manners }, blob) => (manners.breaksOff = new Map([[blob, 99]])),
    'image.registry-form',
  ],
  [
    'another part than was asked for',
    ({ manners }, blob) => Object.assign(manners, { shiftsRanges: true, breaksOff: new Map([[blob, 1]]) }),
    'image.registry-form',
  ],
  ['no such image', ({ manners }) => (manners.status = 404), 'image.not-found'],
  ['an account that is wanted', ({ manners }) => (manners.status = 403), 'image.denied'],
  ['a token that is not taken', ({ manners }) => (manners.token = 'bad'), 'image.denied'],
  ['too many requests', ({ manners }) => (manners.status = 429), 'image.rate'],
  ['a registry in trouble', ({ manners }) => (manners.status = 503), 'image.registry-refuses'],
  ['a token with a line break', ({ manners }) => (manners.token = 'a\r\nb: c'), 'image.registry-form'],
  [
    'tokens without TLS',
    ({ manners }) => (manners.realm = 'http://auth.example.com/token'),
    'image.registry-form',
  ],
  [
    'tokens from a neighbour',
    ({ manners }) => (manners.realm = `https://${NEIGHBOUR}/token`),
    'image.private-address',
  ],
  [
    'tokens from another port',
    ({ manners }) => (manners.realm = 'https://auth.example.com:22/token'),
    'image.registry-form',
  ],
  [
    'blobs without TLS',
    ({ manners }) => (manners.redirect = 'http://cdn.example.com/'),
    'image.registry-form',
  ],
  [
    'blobs from a neighbour',
    ({ manners }) => (manners.redirect = `https://${NEIGHBOUR}/x`),
    'image.private-address',
  ],
  [
    'blobs from another port',
    ({ manners }) => (manners.redirect = 'https://cdn.example.com:22/x'),
    'image.registry-form',
  ],
  [
    'blobs from nowhere',
    ({ manners }) => (manners.redirect = 'https://nowhere.example.com/x'),
    'image.registry-silent',
  ],
  [
    'a ring of redirects',
    ({ manners }) => (manners.redirect = 'https://cdn.example.com/ring'),
    'image.registry-refuses',
  ],
])('refuses %s, and leaves nothing behind', async ([, misbehave, rule]) => {
  put(small)
  misbehave(registry, blobOf(small))
  expect(await fate()).toBe(`image_unavailable ${rule}`)
  expect(await rig.leftovers()).toEqual([])
})

test('tokens that run out on the way are asked for again', async () => {
  put(runs)
  registry.manners.tokenLasts = 2
  expect(await fate()).toBe('here')
  expect(registry.log.filter((line) => line.includes('/token')).length).toBeGreaterThan(1)
})

test('refuses images for other hosts, and documents that are not what they should be', async () => {
  const foreign = builtImage({ layers: small.tars, architecture: OTHER })
  const json = (value: unknown) => Buffer.from(JSON.stringify(value))
  const manifest = JSON.parse(small.manifest.toString())
  const rules: string[] = []
  for (const wrong of [
    foreign,
    indexOf({ [`linux/${OTHER}`]: foreign }),
    indexOf({ '': foreign }),
    json({ ...manifest, manifests: [] }),
    json({ ...manifest, layers: [] }),
    json({ ...manifest, schemaVersion: 1 }),
    json({ ...manifest, layers: [...manifest.layers, ...manifest.layers] }),
    json({ ...manifest, layers: [{ ...manifest.layers[0], size: 2 ** 45 }] }),
    json({ ...manifest, layers: [{ ...manifest.layers[0], digest: 'sha256:../../x' }] }),
    json({ ...manifest, annotations: { long: 'x'.repeat(5 * 2 ** 20) } }),
    builtImage({ layers: small.tars, config: { rootfs: { type: 'layers', diff_ids: [sha256Of(json(1))] } } }),
    builtImage({ layers: small.tars, config: { os: 'windows' } }),
  ]) {
    registry.blobs(foreign)
    registry.put('team/tools', 'foreign', foreign)
    put(wrong)
    rules.push(await fate())
  }
  expect(rules.map((rule) => rule.replace('image_unavailable ', ''))).toEqual([
    ...['image.platform', 'image.platform', 'image.platform'],
    ...['image.form', 'image.form', 'image.form', 'image.form', 'image.size', 'image.form'],
    ...['image.registry-form', 'image.unpack', 'image.platform'],
  ])
  expect(await rig.leftovers()).toEqual([])
})

test('a manifest that is not the one of its digest is refused', async () => {
  put(small)
  registry.put('team/tools', `sha256:${'0'.repeat(64)}`, small)
  expect(await fate(`${NAME}@sha256:${'0'.repeat(64)}`)).toBe('image_unavailable image.digest')
})

test('asks only registries that are allowed, at addresses that are', async () => {
  expect(await fate('quay.example.com/team/tools')).toBe('image_unavailable image.registry')
  expect(await fate(`${NEIGHBOUR}/team/tools`)).toBe('image_unavailable image.private-address')
  expect(await fate('127.0.0.1/team/tools')).toBe('image_unavailable image.registry')
  expect(await fate('../../x')).toBe('image_unavailable image.name')
  expect(registry.log).toEqual([])
})

test('an image with another C library is refused with the reason, before anything runs in it', async () => {
  put(builtImage({ layers: [await makeHostLayer(['sh', 'ls'], false)] }), 'without')
  expect(await images.obtain(`${NAME}:without`)).toMatchObject({
    ok: false,
    failure: { code: 'image_unavailable', rule: 'image.libc', remedy: expect.stringContaining('Alpine') },
  })
  put(small)
  expect(await images.obtain(`${NAME}:one`)).toMatchObject({ ok: false, failure: { rule: 'image.shell' } })
})

test('an unpacked image that was changed is found out, and comes anew', async () => {
  put(runs)
  const first = await images.obtain(`${NAME}:one`)
  if (!first.ok) throw new Error(first.failure.message)
  const mark = join(first.value.root, 'usr/mark')
  await rename(mark, `${mark}.old`)
  await writeFile(mark, 'y'.repeat(100_000))
  await rename(`${mark}.old`, mark)
  expect(await rig.another().obtain(first.value.pinned)).toMatchObject({ ok: true })
  expect(rig.problems).toEqual([])

  await writeFile(mark, 'y'.repeat(100_000))
  const server = rig.another()
  registry.manners.status = 404
  expect(await server.obtain(first.value.pinned)).toMatchObject({
    ok: false,
    failure: { rule: 'image.not-found' },
  })
  expect(rig.problems).toEqual([expect.stringContaining('is not as it was')])
  expect(await rig.leftovers()).toEqual([])
  delete registry.manners.status
  expect(await server.obtain(first.value.pinned)).toMatchObject({ ok: true })
})

test('a name that was pulled leads to that image and to no other, also after it was lost', async () => {
  put(runs)
  expect(await images.pull(`${NAME}:one`)).toMatchObject({ ok: true, value: { digest: runs.digest } })
  const other = builtImage({ layers: [await layerOfHost()] })
  put(other)
  const kept = await images.obtain(`${NAME}:one`)
  if (!kept.ok) throw new Error(kept.failure.message)
  await writeFile(join(kept.value.root, 'usr/mark'), 'changed')
  expect(await rig.another().obtain(`${NAME}:one`)).toMatchObject({
    ok: true,
    value: { digest: runs.digest },
  })
  expect(await images.pull(`${NAME}:one`)).toMatchObject({ ok: true, value: { digest: other.digest } })
})

test('a server that stops ends a download, and a sandbox that unpacks, and leaves nothing of them', async () => {
  put(runs)
  registry.manners.stalls = new Set([blobOf(runs)])
  const server = rig.another()
  const got = server.obtain(`${NAME}:one`)
  while (!registry.log.some((line) => line.includes(blobOf(runs)))) await pause(10)
  await server.close()
  expect(await got).toMatchObject({ ok: false, failure: { code: 'image_unavailable' } })
  expect(await rig.leftovers()).toEqual([])

  delete registry.manners.stalls
  const kills: number[] = []
  const other = rig.another({
    place: { ...rig.place, driver: { ...rig.driver, start: (spec) => sleeping(spec, () => kills.push(1)) } },
  })
  const unpacking = other.obtain(`${NAME}:one`)
  while (kills.length === 0) await pause(10)
  await other.close()
  expect(await unpacking).toMatchObject({ ok: false, failure: { code: 'sandbox_failed' } })
  expect(await rig.leftovers()).toEqual([])
})

/** An unpacker that takes for ever; `begun` is told when it runs. */
async function sleeping(spec: SandboxSpec, begun: () => void): Promise<Result<Sandbox>> {
  const started = await rig.driver.start({ ...spec, command: ['sleep', '1000'] })
  begun()
  return started
}
