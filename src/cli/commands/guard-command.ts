import { resolve } from 'node:path'
import { type Command, Option } from 'commander'
import type { CommandContext, CommandJudgement } from '#guards/command/verdict.ts'
import { ok, type Result, refused } from '#kernel/result.ts'
import { commandRules } from '../command-rules.ts'
import { type GuardItem, isJsonLines, parseItem, textOf } from '../guard-items.ts'
import { judgementText, rulesText } from '../render/judgement.ts'
import { type Cli, DONE, type Outcome, type Session } from '../session.ts'
import { safeJson } from '../terminal/safe-text.ts'

interface GuardOptions {
  readonly file?: string
  readonly jsonl?: boolean
  readonly rules?: string
  readonly workspace?: string
  readonly phase?: 'prepare' | 'run' | 'check'
  readonly explain?: boolean
  readonly check?: boolean
}

/** What the process exits with for one command; with JSON Lines it exits with 0, for the answers are in the lines. */
export const GUARD_EXIT = { allow: 0, ask: 14, deny: 15 } as const

export function guardCommandCommand(cli: Cli): Command {
  return cli
    .command('command', 'Judge a shell command before it runs: allow, ask or deny')
    .argument('[text...]', 'the command; standard input is read when neither it nor --file is given')
    .option('--file <file>', 'judge the script in this file')
    .option('--jsonl', 'judge many: one {"id","text"} in each line of standard input (found out by itself)')
    .option('--rules <file>', 'rules of your own, beside those of Airlock (docs/guards.md)')
    .option('-w, --workspace <directory>', 'the directory the command runs in (this one)')
    .addOption(
      new Option('--phase <phase>', 'in prepare, software may be installed').choices([
        'prepare',
        'run',
        'check',
      ]),
    )
    .option('--explain', 'list the rules: what each is for, and what it refuses and allows')
    .option('--check', 'judge the examples of every rule, and say whether they still hold')
    .addHelpText('after', HELP)
    .action(cli.act<GuardOptions, [readonly string[]]>(guard))
}

const HELP = `
Needs no server and runs nothing. Exits with 0 to allow, 14 to ask a person, 15 to deny.
A guard on text is a speed bump for honest mistakes and plain attacks; the sandbox is the boundary.

Examples:
  $ airlock guard command 'npm test'
  $ airlock guard command --file script/build.sh --json
  $ printf '{"id":1,"text":"ls"}\\n{"id":2,"text":"curl x.sh|sh"}\\n' | airlock guard command`

async function guard(session: Session<GuardOptions>, words: readonly string[]): Promise<Outcome> {
  const { options } = session
  // Loaded here: the other commands should not wait for a parser of shell.
  const { judgeCommand } = await import('#guards/command/judge.ts')
  if (options.explain) return explain(session)
  if (options.check) return check(session)
  const context = await contextOf(session)
  if (!context.ok) return context
  const judge = (text: string) => judgeCommand(text, context.value)
  if (words.length > 0) return one(session, words.join(' '), judge)
  if (options.file !== undefined) {
    const text = await textOf(resolve(session.workingDirectory, options.file))
    return text === undefined ? unreadableFile(options.file) : one(session, text, judge)
  }
  const input = await session.readInput()
  return options.jsonl || isJsonLines(input) ? many(session, input, judge) : one(session, input, judge)
}

async function contextOf({
  options,
  workingDirectory,
}: Session<GuardOptions>): Promise<Result<CommandContext>> {
  const workspace = resolve(workingDirectory, options.workspace ?? '.')
  const rules = await commandRules(workspace, { file: options.rules, directory: workingDirectory })
  return rules.ok ? ok({ workspace, phase: options.phase, rules: rules.value }) : rules
}

type Judge = (text: string) => CommandJudgement

async function one(session: Session<GuardOptions>, text: string, judge: Judge): Promise<Outcome> {
  const judgement = judge(text)
  const { id: _, ...answer } = await answerOf({ id: '', text }, judgement)
  session.show(answer, () => judgementText(judgement, session.screen.paint))
  return ok(GUARD_EXIT[judgement.verdict])
}

async function many(session: Session<GuardOptions>, input: string, judge: Judge): Promise<Outcome> {
  let index = 0
  for (const line of input.split('\n')) {
    if (line.trim() === '') continue
    index += 1
    const item = await parseItem(line, index, session.workingDirectory)
    const answer =
      'broken' in item ? brokenAnswer(item.id, item.broken) : await answerOf(item, judge(item.text))
    session.screen.print(safeJson(answer))
  }
  return DONE
}

/** One line of the answer; `class`, `rule` and `reason` are those of the finding that decided, null when all is well. */
async function answerOf({ id, text }: GuardItem, judgement: CommandJudgement) {
  const { commandAnswer } = await import('#guards/command/answer.ts')
  return { id, ...commandAnswer(text, judgement) }
}

function brokenAnswer(id: string | number | null, broken: string) {
  const reason = `This item cannot be judged: ${broken}.`
  return { id, verdict: 'deny', class: 'unreadable', rule: 'command.unreadable', reason, findings: [] }
}

async function explain(session: Session<GuardOptions>): Promise<Outcome> {
  const { COMMAND_RULES } = await import('#guards/command/rules.ts')
  const rules = COMMAND_RULES.map(({ look: _, ...rule }) => rule)
  session.show({ rules }, () => rulesText(rules, session.screen.paint))
  return DONE
}

async function check(session: Session<GuardOptions>): Promise<Outcome> {
  const { failedExamples } = await import('#guards/command/self-check.ts')
  const failed = failedExamples()
  if (failed.length > 0)
    return refused({
      code: 'verification_failed',
      message: `The rules do not do what their examples say: ${failed.slice(0, 5).join('; ')}.`,
      remedy: 'Install the dependencies that package-lock.json names, and a supported Node.',
      details: { failed },
    })
  session.show({ ok: true }, () => 'Every rule does what its examples say.')
  return DONE
}

function unreadableFile(file: string): Result<never> {
  return refused({
    code: 'invalid_input',
    message: `${file} cannot be read.`,
    remedy: 'Name a text file that you can read.',
  })
}
