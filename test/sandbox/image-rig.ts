import { chmod, mkdir, readdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { SandboxSpec } from '#sandbox/driver.ts'
import { stageGuestRuntime } from '#sandbox/guest-runtime.ts'
import { createImages, type Images, type ImagesOptions } from '#sandbox/image/images.ts'
import type { UnpackPlace } from '#sandbox/image/unpack.ts'
import type { Rig } from '#test/port-suites/sandbox-driver.ts'
import { type Ran, runSpec, specOf } from '#test/port-suites/sandbox-specs.ts'
import { type BubblewrapRig, bubblewrapRig, HOST_USER } from './bubblewrap-rig.ts'

export interface ImageRig extends BubblewrapRig {
  readonly images: Images
  readonly place: UnpackPlace
  readonly directory: Rig['directory']
  /** Where images are kept. */
  readonly shelf: string
  /** What was told as a problem. */
  readonly problems: string[]
  /** Another instance over the same directory, as another process would have. */
  another(more?: Partial<ImagesOptions>): Images
  /** Runs a command, `true` unless given, in a root directory. */
  inside(imageRoot: string, command?: SandboxSpec['command']): Promise<Ran>
  /** Names of everything on the shelf and half done. */
  leftovers(): Promise<readonly string[]>
}

/** A real driver, a real unpacker in it, and a shelf of its own. */
export async function imageRig(more: Partial<ImagesOptions> = {}): Promise<ImageRig> {
  const rig = await bubblewrapRig()
  const runtime = await stageGuestRuntime({
    root: resolve(import.meta.dirname, '../..'),
    runtimeDirectory: rig.options.runtimeDirectory,
    node: process.execPath,
  })
  const shelf = join(rig.root, 'images')
  await mkdir(shelf)
  await chmod(shelf, 0o711)
  const problems: string[] = []
  const place: UnpackPlace = {
    driver: rig.driver,
    runtime,
    scratchDirectory: join(rig.root, 'scratch-of-images'),
    ...(HOST_USER === undefined ? {} : { owner: HOST_USER }),
    random: (size) => crypto.getRandomValues(new Uint8Array(size)),
  }
  const another = (other: Partial<ImagesOptions> = {}) =>
    createImages({
      place,
      directory: shelf,
      registries: [],
      clock: Date.now,
      reach: {
        resolve: async () => [],
        mayReach: () => false,
        dial: () => {
          throw new Error('nothing is dialled')
        },
      },
      onProblem: (message) => problems.push(message),
      ...more,
      ...other,
    })
  return {
    ...rig,
    images: another(),
    place,
    shelf,
    problems,
    another,
    inside: async (imageRoot, command = ['true']) =>
      runSpec(rig.driver, specOf(await rig.directory(), command, { imageRoot })),
    async leftovers() {
      const half = await readdir(place.scratchDirectory).catch(() => [])
      return [...half, ...(await readdir(shelf)).filter((name) => name !== 'names.json')].sort()
    },
  }
}
