import { execFileSync } from 'node:child_process'
import { chmod, mkdir, mkdtemp, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createContainerDriver } from '#sandbox/container/driver.ts'
import { runSpec, specOf } from '#test/port-suites/sandbox-specs.ts'
import { type ContainerRig, containerRig } from './container-rig.ts'

const IMAGE = 'localhost/airlock/tiny:one'

let rig: ContainerRig
let place: string
beforeAll(async () => {
  place = await mkdtemp(join(tmpdir(), 'airlock-image-'))
  rig = await containerRig(['--image', IMAGE])
  await makeImage('one')
})
afterAll(async () => {
  await rig.close()
  await rm(place, { recursive: true, force: true })
})

/** A root directory with four programs of the host and what they are linked with; `word` tells one from the other. */
async function makeImage(word: string): Promise<void> {
  const root = await mkdtemp(join(place, 'root-'))
  for (const path of ['usr/bin', 'usr/lib', 'usr/lib64', 'etc', 'var', 'home', word])
    await mkdir(join(root, path), { recursive: true })
  for (const name of ['bin', 'lib', 'lib64']) await symlink(`usr/${name}`, join(root, name))
  for (const path of ['tmp', 'var/tmp', 'home/agent']) {
    await mkdir(join(root, path))
    await chmod(join(root, path), 0o1777)
  }
  await chmod(root, 0o755)
  const programs = ['sh', 'env', 'cat', 'ls'].map((name) => `/usr/bin/${name}`)
  const libraries =
    execFileSync('ldd', programs)
      .toString()
      .match(/\/\S+(?= \(0x)/g) ?? []
  for (const file of new Set([...programs, ...libraries]))
    execFileSync('sh', ['-c', 'mkdir -p "$(dirname "$2/$1")" && cp -L "$1" "$2/$1"', 'sh', file, root])
  execFileSync('tar', ['-C', root, '--owner=0', '--group=0', '-cf', `${root}.tar`, '.'])
  await rig.engine.podman('import', '--quiet', `${root}.tar`, IMAGE)
}

test('an image of your own takes the place of the programs of the host', async () => {
  const spec = specOf(await rig.directory(), ['sh', '-c', 'ls -d /one; ls /usr/bin; echo x > /home/agent/x'])
  expect(await runSpec(rig.driver, spec)).toMatchObject({
    ending: { cause: 'exited', exitCode: 0 },
    stdout: '/one\ncat\nenv\nls\nsh\n',
  })
})

test('an image that changes under a running server is refused until the server begins anew', async () => {
  const footing = await rig.driver.footing()
  if (!footing.ok) throw new Error(footing.failure.message)
  const pinned = createContainerDriver({
    runner: rig.socket,
    stopwatch: () => performance.now(),
    footing: footing.value,
  })
  expect((await runSpec(pinned, specOf(await rig.directory(), ['ls', '-d', '/one']))).stdout).toBe('/one\n')

  await makeImage('two')
  const old = await runSpec(pinned, specOf(await rig.directory(), ['ls', '-d', '/one']))
  expect(old.stdout).toBe('/one\n') // a runner knows an image by its digest from its first trial on
  await rig.stopRunner()
  await rig.startRunner()
  expect(await pinned.start(specOf(await rig.directory(), ['ls', '-d', '/two']))).toMatchObject({
    ok: false,
    failure: {
      code: 'sandbox_unavailable',
      rule: 'sandbox.footing',
      remedy: expect.stringContaining('Restart'),
    },
  })
  expect((await runSpec(rig.driver, specOf(await rig.directory(), ['ls', '-d', '/two']))).stdout).toBe(
    '/two\n',
  )
})

test('a runner that is limited to one image takes no other from anybody', async () => {
  const imageRoot = await rig.image()
  expect(await rig.driver.start(specOf(await rig.directory(), ['ls'], { imageRoot }))).toMatchObject({
    ok: false,
    failure: { code: 'image_unavailable', rule: 'sandbox.image', message: expect.stringContaining(IMAGE) },
  })
})
