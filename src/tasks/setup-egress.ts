import { type EgressRoute, routeOf, targetText } from '#contract/egress.ts'
import type { EgressPreset, ProjectFile } from '#contract/project-file.ts'
import type { Instant } from '#kernel/instant.ts'
import { attemptByNumber } from '#store/attempts.ts'
import { type EgressAllowanceRow, standingAllowances } from '#store/egress.ts'
import type { TaskRow } from '#store/schema.ts'
import type { StepContext } from './step.ts'

/** What the setup of a task may reach. */
export interface SetupEgress {
  readonly presets: readonly EgressPreset[]
  /** What people allowed besides them. */
  readonly routes: readonly EgressRoute[]
  /** Named by airlock.yaml, and allowed by nobody so far. */
  readonly waiting: readonly EgressRoute[]
}

/**
 * What the setup of this attempt may reach. An allowance counts from the next attempt on: what an attempt may do is settled
 * when it begins. One that was taken back counts no more, at once.
 */
export async function setupEgress({
  workshop,
  task,
}: Pick<StepContext, 'workshop' | 'task'>): Promise<SetupEgress> {
  return workshop.store.inOrganisation(task.organisation, async (tx) => {
    const attempt = await attemptByNumber(tx, task.id, task.attempt)
    const standing = await standingAllowances(tx, task.project, task.id)
    return egressUnder(task.projectFile, standing.filter(since(attempt?.startedAt)))
  })
}

function since(beginning: Instant | undefined): (allowance: EgressAllowanceRow) => boolean {
  return ({ allowedAt }) => beginning === undefined || allowedAt <= beginning
}

/**
 * Presets open by themselves: the host and not the project says what is behind them. Any other host needs a person's word,
 * for the task, or for the project; a project's opens only what the file names as well, within the bounds of both.
 */
export function egressUnder(
  file: Pick<ProjectFile, 'egress'> | TaskRow['projectFile'],
  standing: readonly EgressAllowanceRow[],
): SetupEgress {
  const entries = file?.egress ?? []
  const named = entries.filter((entry) => typeof entry !== 'string').map(routeOf)
  const ofTask = standing.filter(({ task }) => task !== null).map(({ rule }) => routeOf(rule))
  const ofProject = standing.filter(({ task }) => task === null).map(({ rule }) => routeOf(rule))
  const opened = named.flatMap((route) => {
    const allowed = ofProject.find((other) => isSame(other, route))
    return allowed === undefined ? [] : { ...route, bounds: [...route.bounds, ...allowed.bounds] }
  })
  const routes = [...ofTask, ...opened.filter((route) => !ofTask.some((other) => isSame(other, route)))]
  return {
    presets: entries.filter((entry) => typeof entry === 'string'),
    routes,
    waiting: named.filter((route) => !routes.some((other) => isSame(other, route))),
  }
}

function isSame(one: EgressRoute, other: EgressRoute): boolean {
  return targetText(one) === targetText(other)
}

/** What is open, in one line each: for the grant, and for whatever must not be taken for the outcome of another network. */
export function egressWords({ presets, routes }: SetupEgress): string[] {
  const words = routes.map((route) => {
    const bounds = route.bounds.map(({ methods, paths }) => ` ${methods.join(',')} ${paths.join(' ')}`)
    return targetText(route) + bounds.join(' and')
  })
  return [...presets, ...words.toSorted()]
}
