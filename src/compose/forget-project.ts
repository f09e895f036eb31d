import { disconnectedProjects } from '#store/projects.ts'
import type { Workshop } from '#tasks/workshop.ts'

type Parts = Pick<Workshop, 'remotes' | 'forgetRepository' | 'onProblem'>

/** With what the host reached a disconnected repository, and its copy of it. */
export async function forgetProject(
  { remotes, forgetRepository, onProblem }: Parts,
  project: string,
): Promise<void> {
  try {
    await remotes.forget([project])
    await forgetRepository(project)
  } catch (cause) {
    // Tried again at the next start.
    onProblem(`what the host holds of ${project} could not be removed`, cause)
  }
}

/** What a server that died while it disconnected a repository still holds. */
export async function forgetDisconnected(parts: Parts & Pick<Workshop, 'store'>): Promise<void> {
  for (const organisation of await parts.store.organisations()) {
    const projects = await parts.store.inOrganisation(organisation, disconnectedProjects)
    if (projects.length > 0) await parts.remotes.forget(projects)
    for (const project of projects) await parts.forgetRepository(project)
  }
}
