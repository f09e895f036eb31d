import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { Images } from '#sandbox/image/images.ts'
import {
  type BuiltImage,
  builtImage,
  dockerArchive,
  layerOf,
  layerOfHost,
  ociArchive,
  sha256Of,
} from '#test/support/oci-image.ts'
import { type ImageRig, imageRig } from './image-rig.ts'

let rig: ImageRig
let images: Images
let folder: string
let image: BuiltImage
let small: BuiltImage

beforeAll(async () => {
  rig = await imageRig()
  images = rig.images
  folder = await mkdtemp(join(tmpdir(), 'airlock-archives-'))
  const empty = await layerOf([{ name: './', type: 'directory' }])
  image = builtImage({ layers: [await layerOfHost(), empty, empty] })
  small = builtImage({ layers: [await layerOf([{ name: 'a', text: 'x' }])], compression: 'none' })
})
afterAll(async () => {
  await rig.close()
  await rm(folder, { recursive: true, force: true })
})
afterEach(async () => {
  for (const { digest } of await images.list()) await images.remove(digest)
})

let files = 0
async function fileOf(bytes: Buffer): Promise<string> {
  const path = join(folder, `archive-${files++}`)
  await writeFile(path, bytes, { mode: 0o600 })
  return path
}

async function addedAs(bytes: Buffer, name?: string): Promise<string> {
  const added = await images.add(await fileOf(bytes), name)
  return added.ok
    ? `${added.value.digest} ${added.value.reference}`
    : `${added.failure.rule}: ${added.failure.message}`
}

test('an image from a file is known by its name and its digest, and nobody is asked', async () => {
  expect(await addedAs(await ociArchive(image, 'docker.io/team/tools:3'))).toBe(
    `${image.digest} docker.io/team/tools:3`,
  )
  const byName = await images.obtain('team/tools:3')
  expect(byName).toMatchObject({
    ok: true,
    value: { digest: image.digest, pinned: `docker.io/team/tools:3@${image.digest}` },
  })
  expect(await images.obtain(`elsewhere.example.com/x@${image.digest}`)).toMatchObject({ ok: true })
  expect(await images.obtain('team/tools:4')).toMatchObject({
    ok: false,
    failure: { rule: 'image.registry' },
  })
})

test('reads what docker save wrote, by the digests of what its layers unpack to', async () => {
  const added = await images.add(await fileOf(await dockerArchive(image, 'tools:1')))
  expect(added).toMatchObject({ ok: true, value: { reference: 'docker.io/library/tools:1' } })
  expect(await images.obtain('tools:1')).toMatchObject({ ok: true })
  const forged = { ...small, tars: [await layerOf([{ name: 'a', text: 'y' }])] }
  expect(await addedAs(await dockerArchive(forged, 'tools:2'))).toMatch(/^image\.digest/)
})

test('reads what a real engine saves', async () => {
  const place = [
    '--root',
    join(folder, 'storage'),
    '--runroot',
    join(folder, 'run'),
    '--tmpdir',
    join(folder, 'tmp'),
  ]
  const podman = (...words: string[]) => execFileSync('podman', [...place, ...words], { stdio: 'pipe' })
  const layer = join(folder, 'layer.tar')
  await writeFile(layer, await layerOfHost())
  podman('import', '--quiet', layer, 'localhost/real:one')
  for (const format of ['oci-archive', 'docker-archive']) {
    const file = join(folder, `${format}.tar`)
    podman('save', '--quiet', '--format', format, '-o', file, 'localhost/real:one')
    expect(await images.add(file, `localhost/${format}`)).toMatchObject({ ok: true })
    expect(await images.obtain(`localhost/${format}`)).toMatchObject({ ok: true })
  }
  podman('rmi', '--all', '--force')
})

test('lists images with their names, and removes them with these', async () => {
  const archive = await ociArchive(small)
  await addedAs(archive, 'localhost/one')
  await addedAs(archive, 'localhost/two:2')
  const [listed] = await images.list()
  expect(listed).toMatchObject({
    digest: small.digest,
    names: ['localhost/one:latest', 'localhost/two:2'],
    entries: 11,
    bytes: 1,
  })
  expect(await images.remove('localhost/one')).toMatchObject({ ok: true, value: { digest: small.digest } })
  expect(await images.list()).toEqual([])
  expect(await images.remove('localhost/two:2')).toMatchObject({ ok: false, failure: { code: 'not_found' } })
  expect(await readFile(join(rig.shelf, 'names.json'), 'utf8')).toBe('{}')
  expect(await rig.leftovers()).toEqual([])
})

test('refuses archives that are none, lead elsewhere or hold something else than they say', async () => {
  const one = { Config: 'c.json', RepoTags: ['x:1'], Layers: ['layer.tar'] }
  const list = (value: unknown) => ({ name: 'manifest.json', text: JSON.stringify(value) })
  const oci = (digest: string) => ({
    name: 'index.json',
    text: JSON.stringify({ schemaVersion: 2, manifests: [{ digest, size: 2 }] }),
  })
  const secret = join(folder, 'secret')
  await mkdir(secret)
  await writeFile(join(secret, 'c.json'), small.config)
  const config = { name: 'c.json', text: small.config }
  const archives = [
    Buffer.from('x'.repeat(10_000)),
    await layerOf([{ name: 'nothing', text: '' }]),
    await layerOf([list([one, one])]),
    await layerOf([list([one])]),
    await layerOf([list([{ ...one, Config: '../../../etc/passwd' }])]),
    await layerOf([{ name: 'd', type: 'symlink', linkname: secret }, list([{ ...one, Config: 'd/c.json' }])]),
    await layerOf([{ name: 'c.json', type: 'symlink', linkname: `${secret}/c.json` }, list([one])]),
    await layerOf([config, { name: 'layer.tar', type: 'symlink', linkname: '/etc/passwd' }, list([one])]),
    await layerOf([config, list([{ ...one, Layers: ['a', 'b'] }])]),
    await layerOf([{ name: 'index.json', text: '[]' }]),
    await layerOf([oci(small.digest)]),
    await layerOf([oci(small.digest), { name: `blobs/${small.digest.replace(':', '/')}`, text: '{}' }]),
  ]
  const rules: string[] = []
  for (const archive of archives) rules.push((await addedAs(archive, 'localhost/x')).split(':')[0] ?? '')
  expect(rules).toEqual(['image.unpack', ...Array(10).fill('image.archive'), 'image.digest'])
  expect(await addedAs(await ociArchive(small))).toMatch(/^image\.name/)
  expect(await images.add(join(folder, 'missing'))).toMatchObject({
    ok: false,
    failure: { code: 'not_found' },
  })
  expect(await rig.leftovers()).toEqual([])
})

test('half of an image is nothing, and is swept', async () => {
  await addedAs(await ociArchive(small), 'localhost/x')
  await rm(join(rig.shelf, small.digest.replace(':', '-'), 'image.json'))
  await mkdir(join(rig.shelf, '.draft-0123/root'), { recursive: true })
  await mkdir(join(rig.shelf, '.gone-0123/root'), { recursive: true })
  expect(await images.list()).toEqual([])
  expect(await images.obtain('localhost/x')).toMatchObject({ ok: false, failure: { rule: 'image.registry' } })
  expect(await images.sweep()).toHaveLength(3)
  expect(await rig.leftovers()).toEqual([])
  expect(sha256Of(small.manifest)).toBe(small.digest)
})
