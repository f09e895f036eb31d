import { Command } from 'commander'
import { type Failure, failureOf } from '#kernel/failure.ts'
import { ok, type Result } from '#kernel/result.ts'
import type { Client } from './client.ts'
import { connect, type Reach } from './connect.ts'
import type { CliDependencies } from './dependencies.ts'
import { EXIT_CODE } from './exit-code.ts'
import { failureText } from './render/failure.ts'
import { safeJson } from './terminal/safe-text.ts'

/** What every command is given beside its own arguments. */
export interface Session<Options> extends CliDependencies {
  readonly options: Options & GlobalOptions
  /** A client of the server; starts one where that is wanted. */
  connect(): Promise<Result<Client>>
  connectWithoutStarting(): Promise<Result<Client>>
  /** Prints a result: the value as JSON with --json, else what `text` makes of it. */
  show(value: unknown, text: () => string): void
}

export interface GlobalOptions extends Reach {
  readonly json?: boolean
}

/** An exit code: not 0 for a command that did what it should, and whose news is not good. */
export type Outcome = Result<number>
export const DONE: Outcome = ok(0)

/** Makes commands out of handlers: hands them a session, shows what they refuse, and tells the exit code. */
export interface Cli {
  readonly dependencies: CliDependencies
  command(nameAndArguments: string, summary: string): Command
  act<Options, Positional extends readonly unknown[]>(
    handler: (session: Session<Options>, ...positional: Positional) => Promise<Outcome>,
  ): (this: Command, ...given: unknown[]) => Promise<void>
}

export function createCli(dependencies: CliDependencies, finish: (exitCode: number) => void): Cli {
  return {
    dependencies,
    command(nameAndArguments, summary) {
      const [name, ...positional] = nameAndArguments.split(' ')
      const command = new Command(name).summary(summary).description(`${summary}.`)
      for (const argument of positional) command.argument(argument)
      return command
    },
    act<Options, Positional extends readonly unknown[]>(
      handler: (session: Session<Options>, ...positional: Positional) => Promise<Outcome>,
    ) {
      return async function run(this: Command, ...given: unknown[]) {
        // Commander hands over the arguments, then the options, then the command itself.
        const positional = given.slice(0, -2) as unknown as Positional
        const session = sessionOf(dependencies, this.optsWithGlobals() as Options & GlobalOptions)
        const outcome = await outcomeOf(handler(session, ...positional))
        if (outcome.ok) return finish(outcome.value)
        showFailure(session, outcome.failure)
        finish(EXIT_CODE[outcome.failure.code])
      }
    },
  }
}

/** What a command is given, for whoever acts like one. */
export function sessionOf<Options>(
  dependencies: CliDependencies,
  options: Options & GlobalOptions,
): Session<Options> {
  return {
    ...dependencies,
    options,
    connect: () => connect(dependencies, options),
    connectWithoutStarting: () => connect(dependencies, { ...options, start: false }),
    show: (value, text) => dependencies.screen.print(options.json ? safeJson(value, 2) : text()),
  }
}

async function outcomeOf(running: Promise<Outcome>): Promise<Outcome> {
  try {
    return await running
  } catch (thrown) {
    return { ok: false, failure: failureOf(thrown) }
  }
}

/** A program that asked for JSON reads the refusal where it reads results; a person reads it on standard error. */
export function showFailure(session: Session<unknown>, failure: Failure): void {
  const { screen } = session
  screen.status('')
  if (session.options.json) screen.print(safeJson({ error: failure }, 2))
  else screen.remark(failureText(failure, screen.paint))
}
