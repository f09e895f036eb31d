import { BOUNDS } from '#contract/bounds.ts'
import type { Diagnostic, GateReport, GateResult, TamperFinding } from '#contract/gate-report.ts'
import type { GateDefinition } from '#contract/project-file.ts'
import { fingerprinted } from './fingerprint.ts'
import type { GateRun } from './gate-run.ts'
import { without } from './multiset.ts'

/**
 * Compares a gate on the base with the same gate on base + patch; docs/gates.md has the table.
 * Whatever is not explained by the base counts against the patch. A rerun of the result, where one was made,
 * separates the flaky from the new.
 */
export function compareGate(
  gate: GateDefinition,
  base: GateRun,
  result: GateRun,
  rerun?: GateRun,
): GateResult {
  const decisive = rerun !== undefined && ranToAnEnd(rerun) ? rerun : result
  const first = difference(base, result)
  const second = decisive === result ? undefined : difference(base, decisive)
  const split = second === undefined ? { new: first.new, flaky: [] } : splitFlaky(first, second, decisive)
  const facts = { ...first, ...split, fixed: claimable((second ?? first).fixed, decisive, base, split.new) }
  return {
    name: gate.name,
    command: gate.run,
    base: base.outcome,
    result: decisive.outcome,
    verdict: verdictOf(base, decisive, facts),
    new: kept(facts.new),
    fixed: kept(facts.fixed),
    preExisting: kept(facts.preExisting),
    flaky: kept(facts.flaky),
    seconds: base.seconds + result.seconds + (rerun?.seconds ?? 0),
    baseCached: false,
  }
}

/** The report on all gates. A regression outweighs a gate that could not be checked, and that outweighs a pass. */
export function reportOf(
  facts: { readonly patch: string; readonly iteration: number; readonly tampering: readonly TamperFinding[] },
  gates: readonly GateResult[],
): GateReport {
  const verdicts = new Set(gates.map((gate) => gate.verdict))
  const worst = (['regressed', 'could_not_check'] as const).find((verdict) => verdicts.has(verdict))
  return {
    patch: facts.patch,
    gates: [...gates],
    tampering: [...facts.tampering],
    verdict: gates.length === 0 ? 'no_gates' : (worst ?? 'pass'),
    iteration: facts.iteration,
  }
}

/** A failure is only called fixed when the run that no longer shows it got as far as looking for it. */
function claimable(
  fixed: readonly Diagnostic[],
  result: GateRun,
  base: GateRun,
  added: readonly Diagnostic[],
): readonly Diagnostic[] {
  if (result.outcome === 'pass') return fixed
  if (result.outcome !== 'fail' || endedWorse(base, result) || result.cut || result.diagnostics.length === 0)
    return []
  const brokeBeforeTests = added.some(
    (diagnostic) => diagnostic.severity === 'error' && !isNamedTest(diagnostic),
  )
  return brokeBeforeTests ? fixed.filter((diagnostic) => !isNamedTest(diagnostic)) : fixed
}

interface Difference {
  readonly new: readonly Diagnostic[]
  readonly fixed: readonly Diagnostic[]
  readonly preExisting: readonly Diagnostic[]
}

/** Compares what the parsers understood; where that does not explain why the result is red, its lines. */
function difference(base: GateRun, result: GateRun): Difference {
  const parsed = compare(base.diagnostics, result.diagnostics)
  if (result.outcome === 'pass' || parsed.new.some((diagnostic) => counts(diagnostic, base, result)))
    return parsed
  const explained = result.outcome === 'fail' && base.outcome === 'fail' && result.diagnostics.length > 0
  if (explained && !endedWorse(base, result)) return parsed
  const lines = compare(base.lines, result.lines)
  const unexplained = base.outcome !== result.outcome || endedWorse(base, result)
  return {
    ...parsed,
    preExisting: [...parsed.preExisting, ...lines.preExisting],
    new: [...parsed.new, ...lines.new, ...(lines.new.length === 0 && unexplained ? [ending(result)] : [])],
  }
}

/** By fingerprint first; then a test that was red and still is counts as the same, whatever it now says. */
function compare(base: readonly Diagnostic[], result: readonly Diagnostic[]): Difference {
  const unmatched = without(result, base, fingerprint)
  const gone = without(base, result, fingerprint)
  const added = without(unmatched, gone, place)
  return {
    new: added,
    fixed: without(gone, unmatched, place),
    preExisting: without(result, added, fingerprint),
  }
}

function fingerprint(diagnostic: Diagnostic): string {
  return diagnostic.fingerprint
}

const TEST_TOOLS = new Set(['vitest', 'jest', 'mocha', 'node-test', 'tap', 'pytest', 'go-test', 'cargo-test'])

/** Which test it is; anything that is not a named test is only itself. */
function place(diagnostic: Diagnostic): string {
  return isNamedTest(diagnostic) ? broadPlace(diagnostic) : diagnostic.fingerprint
}

function isNamedTest({ tool, rule }: Diagnostic): boolean {
  return TEST_TOOLS.has(tool) && rule !== ''
}

/** Warnings count only where warnings alone turn the gate red, as with `--max-warnings 0`. */
function counts(diagnostic: Diagnostic, base: GateRun, result: GateRun): boolean {
  if (diagnostic.severity === 'error') return true
  const hasErrors = (run: GateRun) => run.diagnostics.some(({ severity }) => severity === 'error')
  return result.outcome === 'fail' && !hasErrors(result) && !(base.outcome === 'fail' && hasErrors(base))
}

/** A base that failed in order, and a result that was killed or whose command is gone. */
function endedWorse(base: GateRun, result: GateRun): boolean {
  return base.exitCode < 126 && result.exitCode >= 126
}

function ending(result: GateRun): Diagnostic {
  const how = result.outcome === 'timed_out' ? 'did not end in time' : `ended with ${result.exitCode}`
  return fingerprinted({
    tool: 'gate',
    rule: 'ending',
    file: '',
    severity: 'error',
    message: `The command ${how} and said nothing that explains it.`,
  })
}

/** A rerun that failed anew in the same place, or anew at all with nothing in common, leaves the first failure standing. */
function splitFlaky(
  first: Difference,
  second: Difference,
  rerun: GateRun,
): { new: readonly Diagnostic[]; flaky: readonly Diagnostic[] } {
  if (rerun.outcome === 'pass') return { new: [], flaky: first.new }
  const again = new Set(second.new.map(broadPlace))
  const standing = first.new.filter((diagnostic) => again.has(broadPlace(diagnostic)))
  if (standing.length === 0 && second.new.length > 0) return { new: second.new, flaky: [] }
  const flaky = first.new.filter((diagnostic) => !again.has(broadPlace(diagnostic)))
  return { new: standing, flaky }
}

function broadPlace({ tool, rule, file, symbol = '' }: Diagnostic): string {
  return JSON.stringify([tool, rule, file, symbol])
}

function ranToAnEnd(run: GateRun): boolean {
  return run.outcome === 'pass' || run.outcome === 'fail'
}

function verdictOf(base: GateRun, result: GateRun, found: Difference): GateResult['verdict'] {
  if (result.outcome === 'pass') return 'pass'
  if (!ranToAnEnd(base) || (result.outcome === 'could_not_run' && !endedWorse(base, result)))
    return 'could_not_check'
  if (base.outcome === 'pass' || result.outcome !== 'fail') return 'regressed'
  if (found.new.some((diagnostic) => counts(diagnostic, base, result))) return 'regressed'
  return result.cut || base.cut ? 'could_not_check' : 'pass'
}

function kept(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  return diagnostics.slice(0, BOUNDS.diagnosticsPerGate)
}
