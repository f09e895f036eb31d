import { join } from 'node:path'
import type { Command } from 'commander'
import { EXIT_CODE, INTERRUPTED } from '#cli/exit-code.ts'
import type { Cli, Outcome, Session } from '#cli/session.ts'
import { oneLine } from '#cli/terminal/safe-text.ts'
import type { Program } from '#compose/cli-dependencies.ts'
import type { Config } from '#compose/config.ts'
import { providersFromEnvironment } from '#gateway/provider-from-environment.ts'
import { failureOf } from '#kernel/failure.ts'
import { ok, type Result, refused } from '#kernel/result.ts'
import { brokenOff } from './broken-off.ts'
import { closing } from './closing.ts'
import type { Demo } from './demo.ts'
import { demoInstallation } from './installation.ts'
import { type Interruption, watchForInterruption } from './interruption.ts'
import { machineWide } from './machine-wide.ts'
import { createNarrator } from './narrator.ts'
import { makePlace } from './place.ts'
import { walk } from './walk.ts'
import { welcome } from './welcome.ts'

interface DemoOptions {
  readonly model?: string
  readonly keep?: boolean
}

/** `airlock demo`, for the given program and the configuration it was started with. */
export function demoCommand(own: Config, program: Program): (cli: Cli) => Command {
  return (cli) =>
    cli
      .command('demo', 'See all of it on a sample repository: no account, no key, nothing left behind')
      .option(
        '--model <provider[/model]>',
        'a real model, with the key in your environment, and no staged attacks',
      )
      .option('--keep', 'leave everything it made where it is')
      .addHelpText(
        'after',
        '\nExamples:\n  $ airlock demo\n  $ ANTHROPIC_API_KEY=… airlock demo --model anthropic',
      )
      .action(cli.act<DemoOptions, []>((session) => demonstrate(session, own, program)))
}

async function demonstrate(session: Session<DemoOptions>, own: Config, program: Program): Promise<Outcome> {
  const known = knownModel(own, session.options.model)
  if (!known.ok) return known
  const interruption = watchForInterruption(session.onInterrupt)
  try {
    return await inOwnPlace(session, own, program, interruption)
  } finally {
    interruption.stopListening()
  }
}

async function inOwnPlace(
  { screen, clock, options }: Session<DemoOptions>,
  own: Config,
  program: Program,
  interruption: Interruption,
): Promise<Outcome> {
  const { model, keep = false } = options
  const before = process.cwd()
  const machine = await machineWide()
  const place = await makePlace()
  const { cli, runtimeDirectory } = demoInstallation(own, program, {
    home: place.home,
    screen,
    keys: model !== undefined,
  })
  const programPath = join(program.packageRoot, 'airlock')
  const demo: Demo = {
    place,
    cli,
    narrator: createNarrator(screen, clock, interruption),
    interruption,
    realModel: model,
    sample: join(program.packageRoot, 'examples', 'sample-repository'),
    program: before === program.packageRoot ? './airlock' : programPath,
    programPath,
    afterwards: [],
  }
  welcome(demo, keep)
  const walked = await attempt(demo)
  if (!walked.ok && !interruption.happened) await brokenOff(demo, walked.failure)
  const ending = walked.ok ? walked.value : interruption.happened ? 'interrupted' : 'broken off'
  const left = await closing(demo, { runtimeDirectory, machine, keep, ending })
  if (interruption.happened) return ok(INTERRUPTED)
  if (!walked.ok) return ok(EXIT_CODE[walked.failure.code])
  return ok(demo.narrator.broken.length === 0 && left.length === 0 ? 0 : 1)
}

/** What is thrown ends the demo like a refusal, so that everything is still taken away. */
async function attempt(demo: Demo): ReturnType<typeof walk> {
  try {
    return await Promise.race([walk(demo), demo.interruption.crash])
  } catch (thrown) {
    return refused(failureOf(thrown))
  }
}

/** A key that is missing is told before anything is made. */
function knownModel(own: Config, model: string | undefined): Result<void> {
  if (model === undefined) return ok(undefined)
  const [name = ''] = model.split('/')
  const known = providersFromEnvironment(own.providerEnvironment).map((provider) => provider.name)
  if (known.includes(name)) return ok(undefined)
  return refused({
    code: 'unknown_provider',
    message: `Your environment has no key for ${oneLine(name)}.`,
    remedy: `Set ${oneLine(name).toUpperCase()}_API_KEY, or leave --model out: the scripted model needs no key.`,
    details: { found: known.length === 0 ? 'none' : known.join(', ') },
  })
}
