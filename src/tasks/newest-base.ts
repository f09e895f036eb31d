import { BOUNDS } from '#contract/bounds.ts'
import type { ProjectFile } from '#contract/project-file.ts'
import { baseOf } from '#forge/base.ts'
import type { Tip, TrustedRepository } from '#forge/repository.ts'
import { detectProject } from '#gates/detect.ts'
import { PROJECT_FILE, readProjectFile } from '#gates/project-file.ts'
import { ok, type Result } from '#kernel/result.ts'
import type { ProjectRow } from '#store/projects.ts'
import type { Workshop } from './workshop.ts'

/** Where a task starts from: the tip of a branch as it is now, and the project's configuration there. */
export interface NewestBase {
  readonly tip: Tip
  readonly projectFile: ProjectFile
  readonly defaultBranch: string
}

/** Fetches the repository and reads the branch (the default one unless named) and its `airlock.yaml`. */
export async function newestBase(
  workshop: Workshop,
  project: ProjectRow,
  branch: string | undefined,
): Promise<Result<NewestBase>> {
  const repository = await workshop.repositoryOf(project.id)
  const fetched = await repository.fetch(await workshop.remotes.remoteOf(project))
  if (!fetched.ok) return fetched
  const tip = baseOf(fetched.value, branch)
  if (!tip.ok) return tip
  const projectFile = await configurationAt(repository, tip.value)
  if (!projectFile.ok) return projectFile
  return ok({ tip: tip.value, projectFile: projectFile.value, defaultBranch: fetched.value.defaultBranch })
}

/** `airlock.yaml` of the base commit, completed by what can be seen from the tree where it is silent. */
async function configurationAt(repository: TrustedRepository, base: Tip): Promise<Result<ProjectFile>> {
  const file = readProjectFile(await repository.readFile(base.commit, PROJECT_FILE, BOUNDS.projectFile))
  if (!file.ok || file.value.gates !== undefined) return file
  const entries = await repository.list(base.commit)
  const read = async (path: string) => {
    const bytes = await repository.readFile(base.commit, path, BOUNDS.projectFile).catch(() => undefined)
    return bytes === undefined ? undefined : Buffer.from(bytes).toString('utf8')
  }
  const seen = await detectProject(entries, read)
  const { setup, egress } = file.value.setup.length > 0 ? file.value : seen
  return ok({
    ...file.value,
    setup: [...setup],
    egress: [...new Set([...file.value.egress, ...egress])],
    gates: [...seen.gates],
  })
}
