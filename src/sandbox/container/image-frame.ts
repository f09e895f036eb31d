import { join } from 'node:path'
import { ok, type Result, refused } from '#kernel/result.ts'
import { ETC_FILES } from '../bubblewrap/etc-files.ts'
import type { RootEntry } from '../bubblewrap/host-view.ts'
import type { ReadOnlyMount, SandboxSpec } from '../driver.ts'
import { viewImage } from '../image/view.ts'
import type { ContainerFrame } from './container-body.ts'
import type { Ground } from './ground.ts'
import { emptyRoot } from './root-image.ts'

/**
 * The frame for a spec. An image that a spec brings takes the place of the host's programs just as these come in: mounted
 * read-only on a root directory that holds nothing. The engine never learns of layers, and unpacks none.
 */
export async function frameFor(
  { engine, frame, etc, onlyImage }: Ground,
  { imageRoot }: SandboxSpec,
): Promise<Result<ContainerFrame>> {
  if (imageRoot === undefined) return ok(frame)
  if (onlyImage !== undefined)
    return refused({
      code: 'image_unavailable',
      rule: 'sandbox.image',
      message: `The sandbox runner is limited to the image ${onlyImage}.`,
      remedy:
        'Take `image` out of airlock.yaml (or write `image: host`), or start the runner without --image.',
    })
  const own = Object.keys(ETC_FILES).map((name) => ({
    source: join(etc, name),
    target: `/etc/${name}`,
  }))
  return ok({
    ...frame,
    image: await emptyRoot(engine, viewImage(imageRoot)),
    system: [...imageMounts(imageRoot), ...own],
  })
}

/** What of an unpacked image is mounted, and where. */
export function imageMounts(root: string): ReadOnlyMount[] {
  return [...directoriesOf(viewImage(root)), { source: join(root, 'etc'), target: '/etc' }]
}

function directoriesOf(roots: readonly RootEntry[]): ReadOnlyMount[] {
  return roots.flatMap((root) =>
    root.kind === 'directory' ? [{ source: root.source, target: root.path }] : [],
  )
}
