import { execFileSync } from 'node:child_process'
import { lstat, readdir, readFile, readlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ETC_FILES } from '#sandbox/bubblewrap/etc-files.ts'
import type { SandboxDriver } from '#sandbox/driver.ts'
import { onBench, unpack } from '#sandbox/image/unpack.ts'
import { type LayerEntry, layerOf, sha256Of } from '#test/support/oci-image.ts'
import { type ImageRig, imageRig } from './image-rig.ts'

let rig: ImageRig
beforeAll(async () => {
  rig = await imageRig()
})
afterAll(() => rig.close())

interface Unpacked {
  readonly refused?: string
  /** `path kind` or `path kind content`, without /etc. */
  readonly tree: readonly string[]
}

/** Unpacks layers in the real sandbox, and reads what came of them. */
async function unpacked(
  layers: readonly Buffer[],
  limits: { entries?: number; bytes?: number } = {},
): Promise<Unpacked> {
  const place = { ...rig.place, limits }
  return onBench(place, async (bench) => {
    for (const [index, layer] of layers.entries()) await writeFile(join(bench.layers, `${index}`), layer)
    const names = layers.map((_, index) => ({ name: `${index}` }))
    const done = await unpack(place, bench, names, 'image')
    if (!done.ok) return { refused: done.failure.message, tree: [] }
    return { tree: await treeOf(bench.root) }
  })
}

async function treeOf(root: string, below = ''): Promise<string[]> {
  const names = (await readdir(join(root, below))).sort().filter((name) => below !== '' || name !== 'etc')
  const found = await Promise.all(
    names.map(async (name) => {
      const path = `${below}/${name}`
      const stats = await lstat(join(root, path))
      if (stats.isSymbolicLink()) return [`${path} -> ${await readlink(join(root, path))}`]
      if (stats.isDirectory()) return [`${path}/`, ...(await treeOf(root, path))]
      const mode = (stats.mode & 0o7777).toString(8)
      return [`${path} ${mode} ${await readFile(join(root, path), 'utf8')}`]
    }),
  )
  return found.flat()
}

const layers = async (...each: readonly (readonly LayerEntry[])[]) => Promise.all(each.map(layerOf))

test('later layers add, replace, hide files and hide all of a directory', async () => {
  const stack = await layers(
    [
      { name: './', type: 'directory' },
      { name: 'kept/file', text: 'one' },
      { name: 'hidden', text: 'one' },
      { name: 'gone/deep/file', text: 'one' },
      { name: 'opaque/old/file', text: 'one' },
      { name: 'replaced', text: 'one' },
      { name: 'was-directory/file', text: 'one' },
      { name: 'was-link', type: 'symlink', linkname: 'kept' },
      { name: 'lib', type: 'symlink', linkname: 'usr/lib' },
      { name: 'usr/lib/first', text: 'one' },
    ],
    [
      { name: '.wh.hidden', text: '' },
      { name: '.wh.gone', text: '' },
      { name: 'opaque/new', text: 'two' },
      { name: 'opaque/.wh..wh..opq', text: '' },
      { name: 'opaque/newer', text: 'two' },
      { name: 'replaced', text: 'two', mode: 0o4711 },
      { name: 'was-directory', text: 'two' },
      { name: 'was-link', type: 'directory' },
      { name: 'was-link/inside', text: 'two' },
      { name: 'lib/second', text: 'two' },
      { name: '.wh..wh.plnk', text: '' },
    ],
  )
  expect((await unpacked(stack)).tree).toEqual([
    '/kept/',
    '/kept/file 644 one',
    '/lib -> usr/lib',
    '/opaque/',
    '/opaque/new 644 two',
    '/opaque/newer 644 two',
    '/replaced 755 two',
    '/usr/',
    '/usr/lib/',
    '/usr/lib/first 644 one',
    '/usr/lib/second 644 two',
    '/was-directory 644 two',
    '/was-link/',
    '/was-link/inside 644 two',
  ])
})

test('a whiteout does not touch what its own layer brings, wherever it stands', async () => {
  const stack = await layers(
    [{ name: 'a/old', text: 'one' }],
    [
      { name: 'a/new', text: 'two' },
      { name: '.wh.a', text: '' },
    ],
  )
  expect((await unpacked(stack)).tree).toEqual(['/a/', '/a/new 644 two'])
})

test('devices, pipes and what the kernel provides are left out; hard links are kept, modes are plain', async () => {
  const stack = await layers([
    { name: 'null', type: 'character-device', devmajor: 1, devminor: 3 },
    { name: 'disk', type: 'block-device', devmajor: 8, devminor: 0 },
    { name: 'pipe', type: 'fifo' },
    { name: 'dev/null', text: 'no device' },
    { name: 'proc/sys/kernel', text: 'no setting' },
    { name: 'set-id', text: 'x', mode: 0o6755, uid: 0 },
    { name: 'closed', text: 'x', mode: 0o000 },
    { name: 'closed-directory', type: 'directory', mode: 0o000 },
    { name: 'closed-directory/file', text: 'x', mode: 0o600 },
    { name: 'other', type: 'link', linkname: 'set-id' },
  ])
  expect((await unpacked(stack)).tree).toEqual([
    '/closed 644 x',
    '/closed-directory/',
    '/closed-directory/file 644 x',
    '/other 755 x',
    '/set-id 755 x',
  ])
})

test('what is left belongs to the installation and has places for the files of every sandbox', async () => {
  const stack = await layers([
    { name: 'etc', type: 'symlink', linkname: '/opt' },
    { name: 'opt/passwd', type: 'directory' },
    { name: 'opt/passwd/trap', text: 'x' },
  ])
  await onBench(rig.place, async (bench) => {
    await writeFile(join(bench.layers, '0'), stack[0] ?? '')
    expect(await unpack(rig.place, bench, [{ name: '0' }], 'image')).toMatchObject({ ok: true })
    const owners = execFileSync('find', [bench.root, '-printf', '%U %m %y\n']).toString()
    const uid = process.getuid?.() ?? 0
    expect(new Set(owners.trim().split('\n'))).toEqual(new Set([`${uid} 755 d`, `${uid} 644 f`]))
    const { stdout, ending } = await rig.inside(bench.root)
    expect([stdout, ending.cause]).toEqual(['', 'failed_to_start']) // no program; but the mounts are all there
    expect(ending.detail).not.toMatch(/mount|bind|etc/)
  })
})

test.for<[title: string, entries: LayerEntry[], reason: RegExp]>([
  ['a name that climbs', [{ name: '../../../tmp/x', text: 'x' }], /climbs out/],
  ['a name that climbs after a while', [{ name: 'a/../../x', text: 'x' }], /climbs out/],
  ['a link that climbs', [{ name: 'a/b', type: 'symlink', linkname: '../../x' }], /leads out/],
  ['an absolute link that climbs', [{ name: 'a', type: 'symlink', linkname: '/../x' }], /leads out/],
  ['a hard link that climbs', [{ name: 'a', type: 'link', linkname: '../../etc/passwd' }], /climbs out/],
  ['a hard link to nothing', [{ name: 'a', type: 'link', linkname: '/etc/passwd' }], /no file of the image/],
  [
    'a hard link to a link',
    [
      { name: 'l', type: 'symlink', linkname: '/etc/passwd' },
      { name: 'a', type: 'link', linkname: 'l' },
    ],
    /no file of the image/,
  ],
  [
    'a ring of links',
    [
      { name: 'a', type: 'symlink', linkname: 'b' },
      { name: 'b', type: 'symlink', linkname: 'a' },
      { name: 'a/x', text: 'x' },
    ],
    /too many links/,
  ],
  [
    'a file below a file',
    [
      { name: 'a', text: 'x' },
      { name: 'a/b', text: 'x' },
    ],
    /no directory/,
  ],
  ['a whiteout of the directory above', [{ name: 'a/.wh...', text: '' }], /hides no file/],
  ['a whiteout of nothing', [{ name: 'a/.wh.', text: '' }], /hides no file/],
  ['a name that is too long', [{ name: `${'x'.repeat(300)}`, text: 'x' }], /ENAMETOOLONG/],
])('refuses %s', async ([, entries, reason]) => {
  expect((await unpacked(await layers(entries))).refused).toMatch(reason)
})

test('a link out of the image leads to the root of the image while it is unpacked, and to nothing of the host', async () => {
  const [layer = Buffer.alloc(0)] = await layers([
    { name: 'escape', type: 'symlink', linkname: '/tmp' },
    { name: 'escape/from-the-image', text: 'x' },
  ])
  expect((await unpacked([layer])).tree).toEqual(['/escape -> /tmp', '/tmp/', '/tmp/from-the-image 644 x'])
  expect(await readdir('/tmp')).not.toContain('from-the-image')
})

test('refuses more entries, and more bytes, than may be unpacked', async () => {
  const many = await layers(Array.from({ length: 60 }, (_, index) => ({ name: `f${index}`, text: '' })))
  expect((await unpacked(many, { entries: 50 })).refused).toMatch(/more entries/)
  const bomb = gzipSync((await layers([{ name: 'zeros', text: Buffer.alloc(64 * 2 ** 20) }]))[0] ?? '')
  expect(bomb.length).toBeLessThan(100_000)
  expect((await unpacked([bomb], { bytes: 2 ** 20 })).refused).toMatch(/larger than may be unpacked/)
  // A megabyte under a hundred names is a hundred megabytes to whoever reads the tree.
  const names: LayerEntry[] = Array.from({ length: 100 }, (_, index) => ({
    name: `again${index}`,
    type: 'link',
    linkname: 'zeros',
  }))
  const often = await layers([{ name: 'zeros', text: Buffer.alloc(2 ** 20) }, ...names])
  expect((await unpacked(often, { bytes: 2 ** 25 })).refused).toMatch(/larger than may be unpacked/)
  expect(await rig.leftovers()).toEqual([])
})

test('a tree that no unpacking makes is not taken over, whatever the unpacker says', async () => {
  const plant = [
    'touch x; chmod 4755 x',
    'touch x; chmod 2755 x',
    'touch x; chmod 666 x',
    'mkdir x; chmod 777 x',
    'mkfifo x',
    'truncate -s 16M x; for n in 1 2 3 4 5 6 7 8 9; do ln x $n; done',
    'python3 -c "import socket; socket.socket(socket.AF_UNIX).bind(\'x\')"',
  ]
  for (const script of plant) {
    const said = await onBench(rig.place, async (bench) => {
      const lying = lyingDriver(rig.driver, `${script}; echo '{"leftOut": 0}'`)
      return unpack({ ...rig.place, driver: lying, limits: { bytes: 2 ** 26 } }, bench, [], 'image')
    })
    expect([script, said]).toMatchObject([script, { ok: false, failure: { rule: 'image.unpack' } }])
  }
  expect(await rig.leftovers()).toEqual([])
})

/** An unpacker that a layer has taken over: it does what the script says, in the sandbox it was given. */
function lyingDriver(driver: SandboxDriver, script: string): SandboxDriver {
  return { ...driver, start: (spec) => driver.start({ ...spec, command: ['sh', '-c', script] }) }
}

test('a root directory that its unpacker opened to everybody is closed again', async () => {
  await onBench(rig.place, async (bench) => {
    const places = Object.keys(ETC_FILES).map((name) => `etc/${name}`)
    const script = `mkdir -m 755 etc && touch ${places.join(' ')} && chmod 644 ${places.join(' ')} && chmod 777 .`
    const open = lyingDriver(rig.driver, `${script}; echo '{"leftOut": 0}'`)
    expect(await unpack({ ...rig.place, driver: open }, bench, [], 'image')).toMatchObject({ ok: true })
    const { mode, uid } = await lstat(bench.root)
    expect([mode & 0o7777, uid]).toEqual([0o755, process.getuid?.() ?? 0])
  })
})

test('a disk that is full while an image is unpacked is told as that', async () => {
  const said = await onBench(rig.place, (bench) => {
    const full = lyingDriver(rig.driver, `echo '{"refused": "ENOSPC: no space left on device, write"}'`)
    return unpack({ ...rig.place, driver: full }, bench, [], 'image')
  })
  expect(said).toMatchObject({ ok: false, failure: { code: 'disk_full' } })
})

test('refuses what is no archive, what breaks off, and what is not the layer that was named', async () => {
  const [layer = Buffer.alloc(0)] = await layers([{ name: 'file', text: 'x'.repeat(5_000) }])
  const packed = gzipSync(layer)
  const wrong = [Buffer.from('no archive'.repeat(200)), layer.subarray(0, 3_000), packed.subarray(0, 40)]
  for (const bytes of wrong) expect((await unpacked([bytes])).refused).toMatch(/was not unpacked/)
  await onBench(rig.place, async (bench) => {
    await writeFile(join(bench.layers, '0'), layer)
    const named = (diffId: string) => unpack(rig.place, bench, [{ name: '0', diffId }], 'image')
    expect(await named(sha256Of(packed))).toMatchObject({
      ok: false,
      failure: {
        code: 'image_unavailable',
        rule: 'image.unpack',
        message: expect.stringMatching(/not the one/),
      },
    })
    expect(await named(sha256Of(layer))).toMatchObject({ ok: true })
  })
})
