import type { EventBody } from '#contract/event.ts'
import type { GateReport, GateResult, TamperFinding } from '#contract/gate-report.ts'
import type { GateDefinition } from '#contract/project-file.ts'
import { type BaseCache, type BaseFacts, baseKey } from './base-cache.ts'
import { compareGate, reportOf } from './baseline.ts'
import type { GateRun } from './gate-run.ts'
import { runGate } from './run-gate.ts'
import type { RunCommand } from './runner.ts'

export interface Examination {
  readonly gates: readonly GateDefinition[]
  /** Runs a command over the base, and over base + patch; each call in a sandbox of its own. */
  readonly runBase: RunCommand
  readonly runResult: RunCommand
  readonly base: BaseFacts
  readonly cache: BaseCache
  /** Digest of the patch under examination. */
  readonly patch: string
  readonly iteration: number
  readonly tampering: readonly TamperFinding[]
  readonly onEvent?: (event: Extract<EventBody, { kind: 'gate' }>) => void
  readonly signal?: AbortSignal
}

/**
 * Runs every gate on the base (or takes what the cache knows of it) and on base + patch, one after the other, and
 * once more on the result when something new failed. Throws the signal's reason when it is aborted.
 */
export async function examine(examination: Examination): Promise<GateReport> {
  const results: GateResult[] = []
  for (const gate of examination.gates) results.push(await examineGate(gate, examination))
  return reportOf(examination, results)
}

async function examineGate(gate: GateDefinition, examination: Examination): Promise<GateResult> {
  const { runResult, signal } = examination
  const base = await runBase(gate, examination)
  const result = await runGate(gate, runResult, signal)
  announce(examination, gate, 'result', result, false)
  signal?.throwIfAborted()

  const first = { ...compareGate(gate, base.run, result), baseCached: base.cached }
  if (first.verdict !== 'regressed') return first

  const rerun = await runGate(gate, runResult, signal)
  announce(examination, gate, 'result', rerun, false)
  signal?.throwIfAborted()
  return { ...compareGate(gate, base.run, result, rerun), baseCached: base.cached }
}

async function runBase(
  gate: GateDefinition,
  examination: Examination,
): Promise<{ run: GateRun; cached: boolean }> {
  const { cache, base, signal } = examination
  signal?.throwIfAborted()
  const key = baseKey(base, gate)
  const known = await cache.get(key)
  const run = known ?? (await runGate(gate, examination.runBase, signal))
  announce(examination, gate, 'base', run, known !== undefined)
  signal?.throwIfAborted()
  if (known === undefined && isWorthKeeping(run)) await cache.put(key, run)
  return { run, cached: known !== undefined }
}

/** A run that did not come to its end says more about the host at that moment than about the base. */
function isWorthKeeping(run: GateRun): boolean {
  return (run.outcome === 'pass' || run.outcome === 'fail') && !run.cut
}

function announce(
  { onEvent }: Examination,
  gate: GateDefinition,
  side: 'base' | 'result',
  run: GateRun,
  cached: boolean,
): void {
  onEvent?.({
    kind: 'gate',
    gate: gate.name,
    side,
    outcome: run.outcome,
    diagnostics: run.diagnostics.length,
    seconds: run.seconds,
    cached,
  })
}
