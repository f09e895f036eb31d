import type { LabRequest } from '#cli/sandbox-tools.ts'
import { ok, type Result } from '#kernel/result.ts'
import { LAB_CASES } from '#sandbox/lab/lab-cases.ts'
import type { LabReport } from '#sandbox/lab/report.ts'
import { runLab } from '#sandbox/lab/run-lab.ts'
import { takeAsTasksDo } from './lab-take.ts'
import type { Toolbox } from './toolbox.ts'

/** Attacks one driver after the other. One that is neither configured nor named may be missing on this host. */
export async function attackSandboxes(
  toolbox: Toolbox,
  request: LabRequest,
): Promise<Result<readonly LabReport[]>> {
  const { installation, owner, random, clock, runtime } = toolbox
  const drivers = toolbox.drivers(request.driver)
  if (!drivers.ok) return drivers
  const node = runtime.mounts.find(({ target }) => target === '/opt/airlock/node')
  if (node === undefined) throw new Error('the runtime shows Node')
  const reports: LabReport[] = []
  for (const driver of drivers.value) {
    const report = await runLab({
      driver,
      cases: LAB_CASES.filter(({ id }) => request.wanted(id)),
      directory: installation.scratch,
      ...(owner === undefined ? {} : { owner }),
      random,
      clock,
      runtimeDirectory: installation.runtime,
      node,
      openLane: () => toolbox.openLane([], () => {}),
      take: takeAsTasksDo,
      onLine: (line) => request.onLine(driver.name, line),
      signal: request.signal,
    })
    if (report.ok) reports.push(report.value)
    else if (driver === drivers.value[0] || report.failure.code !== 'sandbox_unavailable') return report
  }
  return ok(reports)
}
