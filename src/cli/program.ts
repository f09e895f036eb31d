import tab from '@bomb.sh/tab/commander'
import { Command, CommanderError } from 'commander'
import { agentsCommand } from './commands/agents.ts'
import { approveCommand } from './commands/approve.ts'
import { attachCommand } from './commands/attach.ts'
import { auditCommand } from './commands/audit.ts'
import { budgetCommand } from './commands/budget.ts'
import { cancelCommand } from './commands/cancel.ts'
import { confirmCommand } from './commands/confirm.ts'
import { dataCommand } from './commands/data.ts'
import { diffCommand } from './commands/diff.ts'
import { doctorCommand } from './commands/doctor.ts'
import { downCommand } from './commands/down.ts'
import { environmentCommand } from './commands/environment.ts'
import { guardCommand } from './commands/guard.ts'
import { hookCommand } from './commands/hook.ts'
import { imageCommand } from './commands/image.ts'
import { initCommand } from './commands/init.ts'
import { justifyCommand } from './commands/justify.ts'
import { keysCommand } from './commands/keys.ts'
import { labCommand } from './commands/lab.ts'
import { loginCommand, logoutCommand, whoamiCommand } from './commands/login.ts'
import { organisationCommand } from './commands/organisation.ts'
import { peopleCommand } from './commands/people.ts'
import { policyCommand } from './commands/policy.ts'
import { projectCommand } from './commands/project.ts'
import { providerCommand } from './commands/provider.ts'
import { rejectCommand } from './commands/reject.ts'
import { retryCommand } from './commands/retry.ts'
import { reviewCommand } from './commands/review.ts'
import { roleCommand } from './commands/role.ts'
import { runCommand } from './commands/run.ts'
import { sandboxCommand } from './commands/sandbox.ts'
import { scanCommand } from './commands/scan.ts'
import { secretCommand } from './commands/secret.ts'
import { serviceAccountsCommand } from './commands/service-accounts.ts'
import { shareCommand } from './commands/share.ts'
import { showCommand } from './commands/show.ts'
import { ssoCommand } from './commands/sso.ts'
import { statusCommand } from './commands/status.ts'
import { tasksCommand } from './commands/tasks.ts'
import { teamCommand } from './commands/team.ts'
import { serveCommand, upCommand } from './commands/up.ts'
import { verifyCommand } from './commands/verify.ts'
import { watchCommand } from './commands/watch.ts'
import { widenCommand } from './commands/widen.ts'
import type { CliDependencies } from './dependencies.ts'
import { USAGE } from './exit-code.ts'
import { type Cli, createCli } from './session.ts'

/** Commands under their heading in the help. */
export type CommandGroup = readonly [heading: string, makers: readonly ((cli: Cli) => Command)[]]

const GROUPS: readonly CommandGroup[] = [
  ['Work:', [runCommand, tasksCommand, showCommand, watchCommand, cancelCommand, retryCommand, widenCommand]],
  ['Review:', [reviewCommand, diffCommand, justifyCommand, approveCommand, rejectCommand, confirmCommand]],
  ['Evidence:', [verifyCommand, attachCommand, auditCommand, shareCommand, dataCommand]],
  ['Guards:', [scanCommand, guardCommand, hookCommand]],
  [
    'Set up:',
    [
      initCommand,
      doctorCommand,
      providerCommand,
      agentsCommand,
      imageCommand,
      projectCommand,
      environmentCommand,
      secretCommand,
      organisationCommand,
      teamCommand,
      roleCommand,
      peopleCommand,
      serviceAccountsCommand,
      keysCommand,
      ssoCommand,
      budgetCommand,
      policyCommand,
    ],
  ],
  ['Chamber:', [labCommand, sandboxCommand]],
  ['Server:', [upCommand, downCommand, statusCommand, loginCommand, logoutCommand, whoamiCommand]],
]

/** The whole command line. `finish` is told the exit code of the command that ran; `first` come from rooms above this. */
export function buildProgram(
  dependencies: CliDependencies,
  finish: (exitCode: number) => void = (exitCode) => {
    process.exitCode = exitCode
  },
  first: readonly CommandGroup[] = [],
): Command {
  const { screen } = dependencies
  const program = new Command('airlock')
    .description('Put AI coding agents to work on real repositories without having to trust them.')
    .version(dependencies.version, '-V, --version')
    .option('--json', 'print results, and refusals, as JSON')
    .option('--server <url>', 'use this server instead of the one on this machine')
    .option('--token-file <file>', 'the token to use, in a file of mode 0600')
    .option(
      '--confirm <words>',
      'what a policy asks to confirm: yes, "code 4f9c2a", or second-factor (asks for it), "totp 123456"',
    )
    .option('--no-start', 'never start a server in the background')
    .addHelpText('after', START_HERE)
  const cli = createCli(dependencies, finish)
  for (const [heading, makers] of [...first, ...GROUPS])
    for (const make of makers) program.addCommand(make(cli).helpGroup(heading))
  program.addCommand(serveCommand(cli), { hidden: true })
  tab(program, { completionCommandName: 'completion' })
  for (const command of everyCommand(program))
    command
      .configureHelp({ showGlobalOptions: true, sortOptions: false })
      .configureOutput({
        writeOut: (text) => screen.print(text.trimEnd()),
        writeErr: (text) => screen.remark(text.trimEnd()),
      })
      .showSuggestionAfterError()
      .exitOverride()
  return program
}

/** Runs a command line and gives its exit code. Never throws for what a person typed. */
export async function runCli(
  dependencies: CliDependencies,
  words: readonly string[],
  first: readonly CommandGroup[] = [],
): Promise<number> {
  let exitCode = 0
  const finish = (code: number) => {
    exitCode = code
  }
  const program = buildProgram(dependencies, finish, first)
  try {
    await program.parseAsync(words, { from: 'user' })
    return exitCode
  } catch (thrown) {
    if (!(thrown instanceof CommanderError)) throw thrown
    return thrown.exitCode === 0 ? 0 : USAGE
  }
}

function everyCommand(command: Command): Command[] {
  return [command, ...command.commands.flatMap(everyCommand)]
}

const START_HERE = `
Start here, inside a git repository:
  $ airlock doctor
  $ airlock provider add anthropic
  $ airlock run "fix the rounding bug" --scope 'src/billing/**' --budget 0.50`
