import { digestOf } from '#kernel/bytes.ts'
import type { Failure } from '#kernel/failure.ts'
import { ok, type Result, refused } from '#kernel/result.ts'
import { ETC_FILES } from '../bubblewrap/etc-files.ts'
import type { RootEntry } from '../bubblewrap/host-view.ts'
import type { Engine } from './engine.ts'
import { type TarEntry, tar } from './tar.ts'

const directory = (path: string, mode = 0o755): TarEntry => ({ path, kind: 'directory', mode })

/**
 * The id of the image: either one that the engine has under a name, or a root directory that holds next to nothing, on
 * which the host's /usr is mounted. Nothing is ever pulled: what runs is what somebody put there.
 */
export async function rootImage(
  engine: Engine,
  image: string,
  roots: readonly RootEntry[],
): Promise<Result<string>> {
  if (image === 'host') return ok(await emptyRoot(engine, roots))
  const id = await engine.image(image)
  return id === undefined ? refused(missing(image)) : ok(id)
}

/** The id of an image with a place for each of these entries, and with those that are links. */
export async function emptyRoot(engine: Engine, roots: readonly RootEntry[]): Promise<string> {
  const archive = tar(entriesFor(roots))
  const name = `airlock/host-${digestOf(archive).slice('sha256:'.length, 'sha256:'.length + 16)}`
  const found = await engine.image(name)
  if (found !== undefined) return found
  await engine.importImage(name, archive)
  const made = await engine.image(name)
  if (made === undefined) throw new Error(`the engine took ${name} and does not have it`)
  return made
}

function entriesFor(roots: readonly RootEntry[]): TarEntry[] {
  return [
    ...['etc', 'run', 'proc', 'sys', 'dev', 'var', 'workspace'].map((path) => directory(path)),
    // A tmpfs of an engine takes the mode of the directory it covers.
    ...[directory('tmp', 0o1777), directory('var/tmp', 0o1777)],
    ...[directory('home'), directory('home/agent', 0o1777)],
    ...roots.map(
      (root): TarEntry =>
        root.kind === 'link'
          ? { path: root.path.slice(1), kind: 'link', to: root.to }
          : directory(root.path.slice(1)),
    ),
    ...Object.entries(ETC_FILES).map(
      ([name, text]): TarEntry => ({ path: `etc/${name}`, kind: 'file', text }),
    ),
  ]
}

function missing(image: string): Failure {
  return {
    code: 'sandbox_unavailable',
    rule: 'sandbox.image',
    message: `The container engine has no image ${JSON.stringify(image)}.`,
    remedy: `Get it yourself, once: podman pull ${image}, or docker pull ${image}.`,
  }
}
