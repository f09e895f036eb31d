import { type Command, InvalidArgumentError, Option } from 'commander'
import { RoleName } from '#contract/api.ts'
import type { ExplainRequest } from '#contract/policy.ts'
import type { Failure } from '#kernel/failure.ts'
import { ok, refused } from '#kernel/result.ts'
import { EXIT_CODE } from '../exit-code.ts'
import { collect } from '../option-values.ts'
import { policiesIn, readPolicyDraft } from '../policy-files.ts'
import { explanationText, replayText } from '../render/policy-lines.ts'
import { type Cli, DONE, type Outcome, type Session } from '../session.ts'
import { oneLine } from '../terminal/safe-text.ts'

export function policyTestCommand(cli: Cli): Command {
  return cli
    .command('test [files...]', 'Hold policies to their examples, without a server')
    .addHelpText(
      'after',
      '\nWithout files: those in policies/.\n\nExample:\n  $ airlock policy test policies/night.cedar',
    )
    .action(cli.act<unknown, [string[]]>(test))
}

export function policyExplainCommand(cli: Cli): Command {
  return cli
    .command('explain <action>', 'Tell how something would be decided, with every rule that speaks')
    .option('--task <task>', 'about the patch of this task')
    .option('-p, --project <name>', 'about this project')
    .option('-e, --environment <name>', 'about this environment of the project')
    .option('--fact <name=value>', 'as if this were so; may be given again', collect)
    .addOption(
      new Option('--as <role>', 'for somebody of that role instead of you').choices(RoleName.options),
    )
    .addHelpText(
      'after',
      '\nExamples:\n  $ airlock policy explain review.approve --task 3 --as maintainer\n  $ airlock policy explain review.approve --task 3 --fact hour=23 --fact linesChanged=80',
    )
    .action(cli.act<ExplainOptions, [string]>(explain))
}

export function policyReplayCommand(cli: Cli): Command {
  return cli
    .command('replay', 'Tell what the policies, or a changed one, would have said to what was decided')
    .option('--since <days>', 'how far back, such as 30d', days, 30)
    .option('--with <file>', 'with this policy in place of the one of its name')
    .addHelpText('after', '\nExample:\n  $ airlock policy replay --since 30d --with policies/night.cedar')
    .action(cli.act<ReplayOptions, []>(replay))
}

type ExplainOptions = Omit<ExplainRequest, 'action' | 'facts'> & { readonly fact?: readonly string[] }

interface ReplayOptions {
  readonly since: number
  readonly with?: string
}

interface Tried {
  readonly file: string
  readonly examples?: number
  readonly failure?: Failure
}

async function test(session: Session<unknown>, given: string[]): Promise<Outcome> {
  const { workingDirectory, screen } = session
  const files = given.length > 0 ? given : await policiesIn(workingDirectory, 'policies')
  if (files.length === 0)
    return refused({
      code: 'invalid_input',
      message: 'There are no policies here.',
      remedy: 'Name files, or put them into policies/.',
    })
  const { readPolicyFile } = await import('#policy/policy-file.ts')
  const tried: Tried[] = []
  for (const file of files) {
    const draft = await readPolicyDraft(workingDirectory, file)
    const read = draft.ok ? readPolicyFile(draft.value) : draft
    tried.push(read.ok ? { file, examples: read.value.examples.length } : { file, failure: read.failure })
  }
  session.show(tried, () =>
    tried
      .map(({ file, examples, failure }) =>
        failure === undefined
          ? `${screen.paint('green', '✓')} ${oneLine(file)}  ${examples} examples hold`
          : `${screen.paint('red', '✗')} ${oneLine(file)}  ${oneLine(failure.message)}`,
      )
      .join('\n'),
  )
  return tried.some(({ failure }) => failure !== undefined) ? ok(EXIT_CODE.invalid_configuration) : DONE
}

async function explain(session: Session<ExplainOptions>, action: string): Promise<Outcome> {
  const client = await session.connect()
  if (!client.ok) return client
  const { task, project, environment, as, fact } = session.options
  const explained = await client.value.explainDecision({
    action,
    ...(task === undefined ? {} : { task }),
    ...(project === undefined ? {} : { project }),
    ...(environment === undefined ? {} : { environment }),
    ...(fact === undefined ? {} : { facts: factsOf(fact) }),
    ...(as === undefined ? {} : { as }),
  })
  if (!explained.ok) return explained
  session.show(explained.value, () => explanationText(explained.value, session.screen.paint))
  return DONE
}

async function replay(session: Session<ReplayOptions>): Promise<Outcome> {
  const { since, with: file } = session.options
  const draft = file === undefined ? undefined : await readPolicyDraft(session.workingDirectory, file)
  if (draft !== undefined && !draft.ok) return draft
  const client = await session.connect()
  if (!client.ok) return client
  const replayed = await client.value.replayDecisions({
    days: since,
    ...(draft === undefined ? {} : { with: draft.value }),
  })
  if (!replayed.ok) return replayed
  session.show(replayed.value, () => replayText(replayed.value, session.screen.paint))
  return DONE
}

function days(text: string): number {
  const found = /^([1-9][0-9]{0,2})d?$/.exec(text)?.[1]
  if (found === undefined) throw new InvalidArgumentError('Give days, such as 30d.')
  return Number(found)
}

/** `hour=23`, `environment=production`, `directories=infra,infra/prod`; what looks like a number or a truth is one. */
function factsOf(given: readonly string[]): NonNullable<ExplainRequest['facts']> {
  return Object.fromEntries(
    given.map((text) => {
      const [name = '', ...rest] = text.split('=')
      return [name, factFrom(name, rest.join('='))] as const
    }),
  )
}

const SETS = ['files', 'directories', 'touches']

function factFrom(name: string, text: string): string | number | boolean | string[] {
  if (SETS.includes(name)) return text.split(',')
  if (/^\d{1,9}$/.test(text)) return Number(text)
  return text === 'true' || text === 'false' ? text === 'true' : text
}
