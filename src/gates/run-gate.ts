import type { GateOutcome } from '#contract/gate-report.ts'
import type { GateDefinition } from '#contract/project-file.ts'
import { complaintLines } from './diagnostics/complaint-lines.ts'
import { parseOutput } from './diagnostics/parse-output.ts'
import { plainOutput } from './diagnostics/plain-output.ts'
import { fingerprinted } from './fingerprint.ts'
import type { GateRun } from './gate-run.ts'
import type { CommandRun, RunCommand } from './runner.ts'

/** Runs one gate once and reads what it printed. */
export async function runGate(gate: GateDefinition, run: RunCommand, signal?: AbortSignal): Promise<GateRun> {
  return readRun(gate, await run(gate.run, { timeoutSeconds: gate.timeoutSeconds, signal }))
}

/** What the run of a gate's command says. Pure. */
export function readRun(gate: GateDefinition, run: CommandRun): GateRun {
  const outcome = outcomeOf(run)
  const output = plainOutput(run.output)
  const red = outcome !== 'pass'
  return {
    outcome,
    exitCode: run.exitCode,
    seconds: run.seconds,
    cut: run.cut === true || output.cut,
    diagnostics: parseOutput(gate.parser, gate.run, output).map(fingerprinted),
    lines: red ? complaintLines(output).map(fingerprinted) : [],
  }
}

/** 126 and 127 are the shell's: it found no such command, or none it may run. */
function outcomeOf({ outcome, exitCode }: CommandRun): GateOutcome {
  if (outcome === 'timed_out') return 'timed_out'
  if (outcome === 'failed' || exitCode === 126 || exitCode === 127) return 'could_not_run'
  return exitCode === 0 ? 'pass' : 'fail'
}
