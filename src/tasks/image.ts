import { BOUNDS } from '#contract/bounds.ts'
import { HOST_TOOLCHAIN } from '#contract/image-reference.ts'
import { DEVCONTAINER_FILES, type Devcontainer, readDevcontainer } from '#gates/devcontainer.ts'
import { ok, type Result } from '#kernel/result.ts'
import type { Image } from '#sandbox/image/images.ts'
import type { StepContext } from './step.ts'

/** The image whose programs a task's sandboxes have; undefined when they have those of the host. */
export async function imageOf({
  workshop,
  task,
  signal,
}: Pick<StepContext, 'workshop' | 'task' | 'signal'>): Promise<Result<Image | undefined>> {
  const name = task.projectFile?.image
  return name === undefined || name === HOST_TOOLCHAIN ? ok(undefined) : workshop.images.obtain(name, signal)
}

/** What results depend on besides the project: those of one image say nothing about another one. */
export function toolchainOf({ workshop, task }: StepContext): string {
  const name = task.projectFile?.image
  return name === undefined || name === HOST_TOOLCHAIN ? workshop.toolchain : `${workshop.toolchain} ${name}`
}

/**
 * Settles the image for all of an attempt's sandboxes, once: by the project file, else by the base commit's
 * devcontainer.json. The name in the project file of the context that comes back leads to one digest, whatever becomes of a tag.
 */
export async function withPinnedImage(context: StepContext): Promise<Result<StepContext>> {
  const { task, tell } = context
  const { projectFile } = task
  if (projectFile === null) return ok(context)
  const name = projectFile.image ?? (await imageOfDevcontainer(context))
  if (name === undefined || name === HOST_TOOLCHAIN) return ok(context)
  tell({ kind: 'step', step: 'image', note: `Looking for the image ${name}` })
  const named = { ...context, task: { ...task, projectFile: { ...projectFile, image: name } } }
  const image = await imageOf(named)
  if (!image.ok) return image
  if (image.value === undefined) return ok(context)
  const { pinned, digest } = image.value
  tell({ kind: 'step', step: 'image', note: `The programs are those of ${name}: ${digest}` })
  return ok({ ...context, task: { ...task, projectFile: { ...projectFile, image: pinned } } })
}

async function imageOfDevcontainer({ workshop, task, tell }: StepContext): Promise<string | undefined> {
  const repository = await workshop.repositoryOf(task.project)
  for (const path of DEVCONTAINER_FILES) {
    const bytes = await repository.readFile(task.baseCommit, path, BOUNDS.projectFile).catch(() => undefined)
    if (bytes === undefined) continue
    const found = readDevcontainer(bytes)
    tell({ kind: 'step', step: 'image', note: noteOn(path, found) })
    return found.image
  }
  return undefined
}

function noteOn(path: string, { image, without, ignored }: Devcontainer): string {
  const taken =
    image === undefined ? `${path} is not followed: ${without}` : `${path} names the image ${image}`
  return ignored.length === 0 ? taken : `${taken}; nothing else of it is honoured: ${ignored.join(', ')}`
}
