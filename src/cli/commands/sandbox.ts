import { resolve } from 'node:path'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { EgressPreset } from '#contract/project-file.ts'
import type { Failure } from '#kernel/failure.ts'
import { ok } from '#kernel/result.ts'
import type { Phase } from '#sandbox/driver.ts'
import type { Limits } from '#sandbox/limits.ts'
import { INTERRUPTED } from '../exit-code.ts'
import { limitsOf } from '../limit-values.ts'
import { OutputRelay } from '../output-relay.ts'
import { execSummary } from '../render/exec-summary.ts'
import type { ExecReport } from '../sandbox-tools.ts'
import { type Cli, type Outcome, type Session, showFailure } from '../session.ts'
import { destroyCommand, inspectCommand } from './sandbox-inspect.ts'

interface ExecOptions {
  readonly driver?: string
  readonly phase: Phase
  readonly image?: string
  readonly workspace?: string
  readonly limit: Partial<Limits>
  readonly egress: readonly EgressPreset[]
  readonly stdin?: boolean
}

/** What container engines answer for the same: nothing inside was to blame. */
const NOT_STARTED = 125
const TIMED_OUT = 124
const NO_COMMAND = 127

export function sandboxCommand(cli: Cli): Command {
  const sandbox = cli.command('sandbox', 'Try the sandbox that tasks get, by hand')
  const exec = cli
    .command('exec <command...>', 'Run a command in the profile of a task, over a copy of a directory')
    .addOption(
      new Option('--phase <phase>', 'whose network it has: registries, the gateway, or nothing')
        .choices(['prepare', 'run', 'check'])
        .default('check'),
    )
    .option('--driver <name>', 'bubblewrap or container; that of the configuration unless given')
    .option('--image <name>', 'with the programs of this container image; those of the host unless given')
    .option('-w, --workspace <directory>', 'copied into the sandbox, never touched; empty unless given')
    .option('--limit <name=value,…>', 'such as memory=512m,processes=100,seconds=20', limitsOf, {})
    .option('--egress <preset,…>', 'open these registries, such as npm (prepare and run)', presetsOf, [])
    .option('-i, --stdin', 'pass standard input on')
    .addHelpText('after', EXEC_HELP)
    .action(cli.act<ExecOptions, [[string, ...string[]]]>(runInside))
  sandbox.addCommand(exec)
  sandbox.addCommand(inspectCommand(cli))
  sandbox.addCommand(destroyCommand(cli))
  return sandbox
}

const EXEC_HELP = `
Needs no server. The exit code is that of the command; 124: its time was over, 125: there was no sandbox,
127: no such command inside, 137: killed, for a limit or by a signal.

Examples:
  $ airlock sandbox exec -- sh -c 'id; ls /; cat /proc/net/route'
  $ airlock sandbox exec --phase prepare --egress npm -w . -- npm ci
  $ airlock sandbox exec --json --limit memory=64m,seconds=5 -- ./suspicious`

async function runInside(session: Session<ExecOptions>, command: [string, ...string[]]): Promise<Outcome> {
  const { options, screen } = session
  const relay = new OutputRelay(screen, options.json === true)
  const interrupted = new AbortController()
  const stopListening = session.onInterrupt(() => interrupted.abort())
  try {
    const report = await session.sandbox.exec({
      ...(options.driver === undefined ? {} : { driver: options.driver }),
      phase: options.phase,
      ...(options.image === undefined ? {} : { image: options.image }),
      ...(options.workspace === undefined
        ? {}
        : { workspace: resolve(session.workingDirectory, options.workspace) }),
      limits: options.limit,
      egress: options.egress,
      command,
      ...(options.stdin ? { input: Buffer.from(await session.readInput()) } : {}),
      onOutput: (stream, chunk) => relay.push(stream, chunk),
      signal: interrupted.signal,
    })
    relay.end()
    if (!report.ok) return notStarted(session, report.failure)
    if (options.json) screen.print(JSON.stringify({ ...report.value, output: relay.kept() }, null, 2))
    else screen.remark(execSummary(report.value, screen.paint))
    return ok(interrupted.signal.aborted ? INTERRUPTED : exitCodeOf(report.value))
  } finally {
    stopListening()
  }
}

function notStarted(session: Session<ExecOptions>, failure: Failure): Outcome {
  showFailure(session, failure)
  return ok(NOT_STARTED)
}

function exitCodeOf({ ending }: ExecReport): number {
  if (ending.cause === 'exited') return ending.exitCode
  if (ending.cause === 'failed_to_start') return NO_COMMAND
  return ending.cause === 'timed_out' ? TIMED_OUT : 137
}

function presetsOf(text: string, before: readonly EgressPreset[] = []): readonly EgressPreset[] {
  const presets = EgressPreset.array().safeParse(text.split(','))
  if (!presets.success) throw new InvalidArgumentError(`Give some of: ${EgressPreset.options.join(', ')}.`)
  return [...before, ...presets.data]
}
