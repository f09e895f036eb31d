import { join, resolve } from 'node:path'
import { Argument, type Command } from 'commander'
import { ok, type Result, refused } from '#kernel/result.ts'
import { commandRules } from '../command-rules.ts'
import { type AgentHook, blocked, type HookAnswer, SILENCE } from '../hooks/agent-hook.ts'
import { claudeCode } from '../hooks/claude-code.ts'
import { codex } from '../hooks/codex.ts'
import { gemini } from '../hooks/gemini.ts'
import { gitPreCommit } from '../hooks/git-pre-commit.ts'
import { applyChange, changedLines, planChange } from '../hooks/install.ts'
import { opencode } from '../hooks/opencode.ts'
import { judgeToolCall, quoted } from '../hooks/tool-call.ts'
import { type Cli, DONE, type Outcome, type Session } from '../session.ts'
import { manyLines, oneLine } from '../terminal/safe-text.ts'

const HOOKS = {
  'claude-code': claudeCode,
  codex,
  gemini,
  opencode,
  'git-pre-commit': gitPreCommit,
} as const satisfies Record<string, AgentHook>

type HookName = keyof typeof HOOKS

interface HookOptions {
  readonly install?: boolean
  readonly uninstall?: boolean
  readonly user?: boolean
  readonly project?: boolean
  readonly yes?: boolean
  readonly rules?: string
}

/** More than any tool call: what is longer is refused unread. */
const LONGEST_INPUT = 8 * 1024 * 1024

export function hookCommand(cli: Cli): Command {
  return cli
    .command('hook', "Act as another agent's hook: judge each tool before it runs")
    .addArgument(new Argument('<agent>').choices(Object.keys(HOOKS)))
    .option('--install', "put the hook into the agent's settings; shows the change and asks")
    .option('--uninstall', 'take it out again')
    .option('--project', 'in the settings of this project (unless --user is given)')
    .option('--user', 'in your own settings, for every project')
    .option('-y, --yes', 'do not ask')
    .option('--rules <file>', 'rules of your own, beside those of Airlock (docs/guards.md)')
    .addHelpText('after', HELP)
    .action(cli.act<HookOptions, [HookName]>(hook))
}

const HELP = `
Without --install it reads the agent's question from standard input and answers in that agent's own form. What it cannot
read it refuses. It needs no server and no network. git-pre-commit runs \`airlock scan --staged\`.

Examples:
  $ airlock hook claude-code --install
  $ airlock hook codex --install --user
  $ airlock hook git-pre-commit --install`

async function hook(session: Session<HookOptions>, name: HookName): Promise<Outcome> {
  const { options } = session
  if (options.install || options.uninstall) return change(session, name)
  const { output, remark, exitCode } = await answer(session, HOOKS[name])
  if (output !== '') session.screen.print(output)
  if (remark !== '') session.screen.remark(manyLines(remark))
  return ok(exitCode)
}

/** Whatever goes wrong on the way to an answer is a refusal. */
async function answer(session: Session<HookOptions>, agent: AgentHook): Promise<HookAnswer> {
  try {
    const input = await session.readInput()
    if (input.length > LONGEST_INPUT) return blocked('Airlock refuses a tool call of this length.')
    const call = agent.read(JSON.parse(input))
    if (call === undefined) return SILENCE
    const { options, workingDirectory } = session
    const rules = await commandRules(workingDirectory, { file: options.rules, directory: workingDirectory })
    if (!rules.ok) return blocked(rules.failure.message)
    return agent.answer(
      await judgeToolCall(call, { workspace: session.workingDirectory, rules: rules.value }),
    )
  } catch {
    return blocked('Airlock cannot read this tool call, and refuses what it cannot read.')
  }
}

async function change(session: Session<HookOptions>, name: HookName): Promise<Outcome> {
  const { options, screen } = session
  const agent: AgentHook = HOOKS[name]
  const file = await settingsFile(session, agent)
  if (!file.ok) return file
  const planned = await planChange(
    agent,
    file.value,
    options.install ? commandLine(session, name) : undefined,
  )
  if (!planned.ok) return planned
  const lines = changedLines(planned.value)
  if (lines.length === 0) {
    session.show({ file: file.value, changed: false }, () => `Nothing to change in ${oneLine(file.value)}.`)
    return DONE
  }
  if (!options.yes) {
    if (!screen.interactive)
      return refused({
        code: 'invalid_input',
        message: `This would change ${file.value}, and nobody can be asked here.`,
        remedy: 'Give --yes.',
      })
    screen.print([oneLine(file.value), ...lines.map(oneLine)].join('\n'))
    if (!(await session.prompts.confirm('Write this?', true))) return DONE
  }
  await applyChange(planned.value, name === 'git-pre-commit')
  session.show({ file: file.value, changed: true }, () =>
    [
      `${screen.paint('green', '✓')} ${oneLine(file.value)}`,
      ...(options.install && agent.afterwards ? [agent.afterwards] : []),
    ].join('\n'),
  )
  return DONE
}

async function settingsFile(session: Session<HookOptions>, { files }: AgentHook): Promise<Result<string>> {
  const { options, workingDirectory, environment } = session
  if (!options.user)
    return ok(join((await session.git.rootOf(workingDirectory)) ?? workingDirectory, files.project))
  const home = environment.HOME
  return home
    ? ok(join(home, files.user))
    : refused({
        code: 'invalid_input',
        message: 'There is no home directory.',
        remedy: 'Set HOME, or leave --user out.',
      })
}

/** Absolute, so that the hook is found whatever the PATH: an agent takes a hook that is not found for a mere warning. */
function commandLine({ mainFile, options, workingDirectory }: Session<HookOptions>, name: HookName): string {
  const rules = options.rules === undefined ? [] : ['--rules', resolve(workingDirectory, options.rules)]
  return [process.execPath, mainFile, 'hook', name, ...rules].map(quoted).join(' ')
}
