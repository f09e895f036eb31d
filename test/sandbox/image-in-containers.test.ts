import { chmod, mkdir, readdir, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { stageGuestRuntime } from '#sandbox/guest-runtime.ts'
import { createImages, type Images } from '#sandbox/image/images.ts'
import { taskCommand } from '#sandbox/task-command.ts'
import { runSpec, specOf } from '#test/port-suites/sandbox-specs.ts'
import { builtImage, layerOf, layerOfHost, ociArchive } from '#test/support/oci-image.ts'
import { type ContainerRig, containerRig } from './container-rig.ts'

let rig: ContainerRig
let images: Images
let runtime: Awaited<ReturnType<typeof stageGuestRuntime>>
beforeAll(async () => {
  rig = await containerRig()
  const at = (name: string) => join(rig.root, name)
  for (const name of ['readable/images', 'writable/scratch']) {
    await mkdir(at(name))
    await chmod(at(name), 0o711)
  }
  runtime = await stageGuestRuntime({
    root: resolve(import.meta.dirname, '../..'),
    runtimeDirectory: at('readable/runtime'),
    node: process.execPath,
  })
  images = createImages({
    place: {
      driver: rig.driver,
      runtime,
      scratchDirectory: at('writable/scratch'),
      owner: rig.user,
      random: (size) => crypto.getRandomValues(new Uint8Array(size)),
    },
    directory: at('readable/images'),
    registries: [],
    reach: {
      resolve: async () => [],
      mayReach: () => false,
      dial: () => {
        throw new Error('nothing is dialled')
      },
    },
    clock: Date.now,
    onProblem: (message) => {
      throw new Error(message)
    },
  })
})
afterAll(() => rig.close())

test('an image is unpacked in a container, tried in one, and its programs run in one', async () => {
  const tool = { name: 'opt/tool/bin/tool', text: '#!/bin/sh\ncat /etc/motd; exit 5\n', mode: 0o755 }
  const image = builtImage({
    layers: [await layerOfHost(), await layerOf([tool, { name: 'etc/motd', text: 'of the image\n' }])],
    environment: ['PATH=/opt/tool/bin:/bin'],
  })
  const file = join(rig.root, 'image.tar')
  await writeFile(file, await ociArchive(image))
  expect(await images.add(file, 'localhost/tools')).toMatchObject({
    ok: true,
    value: { digest: image.digest },
  })
  const obtained = await images.obtain('localhost/tools')
  if (!obtained.ok) throw new Error(JSON.stringify(obtained.failure))
  const task = taskCommand('check', runtime, ['sh', '-c', 'tool'], { image: obtained.value })
  expect(
    await runSpec(rig.driver, { ...specOf(await rig.directory(), task.command), ...task }),
  ).toMatchObject({
    ending: { cause: 'exited', exitCode: 5 },
    stdout: 'of the image\n',
  })
  expect(await readdir(join(rig.root, 'writable/scratch'))).toEqual([])
})
