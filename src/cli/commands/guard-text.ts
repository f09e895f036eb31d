import { type Command, Option } from 'commander'
import { z } from 'zod'
import type { TextGuard } from '#guards/text.ts'
import { ok, refused } from '#kernel/result.ts'
import type { TextItem, TextVerdict } from '../guard-text-items.ts'
import type { Cli, Outcome, Session } from '../session.ts'
import { oneLine, safeJson } from '../terminal/safe-text.ts'

interface Options {
  readonly file?: string
  readonly only?: string
  readonly provenance?: 'user' | 'repository' | 'web' | 'tool' | 'issue'
  readonly sanitise?: boolean
  readonly check?: boolean
}

/** A person is to look, as `airlock guard command` says by the same code. */
const FLAGGED = 14

const GUARDS: readonly TextGuard[] = ['injection', 'secrets', 'personal-data']
const PROVENANCES = ['user', 'repository', 'web', 'tool', 'issue'] as const

const Item = z.object({
  id: z.union([z.string(), z.number()]).optional(),
  text: z.string().optional(),
  path: z.string().optional(),
  provenance: z.enum(PROVENANCES).optional(),
})

export function guardTextCommand(cli: Cli): Command {
  return cli
    .command('text [text]', 'Look in a text for injected orders, secrets and personal data')
    .option('--file <path>', 'look at this file')
    .option('--only <guards>', 'of injection, secrets and personal-data, only these, with commas between')
    .addOption(new Option('--provenance <source>', 'who wrote the text').choices(PROVENANCES))
    .option('--sanitise', 'print the text without what is hidden in it')
    .option('--check', 'look at the examples of every rule, and say whether they still hold')
    .addHelpText('after', HELP)
    .action(cli.act<Options, [string | undefined]>(guardText))
}

async function guardText(session: Session<Options>, given: string | undefined): Promise<Outcome> {
  const { options, workingDirectory } = session
  const only = options.only?.split(',').map((name) => name.trim()) ?? GUARDS
  const guards = GUARDS.filter((guard) => only.includes(guard))
  if (guards.length === 0 || guards.length !== only.length)
    return refused({
      code: 'invalid_input',
      message: '--only takes injection, secrets and personal-data, with commas between.',
    })
  if (options.check) return check(session, guards)
  if (options.sanitise) return sanitised(session, given)
  const { judgeItem } = await import('../guard-text-items.ts')
  const judge = (item: TextItem) =>
    judgeItem({ ...item, provenance: item.provenance ?? options.provenance }, guards, workingDirectory)
  if (given !== undefined || options.file !== undefined) {
    const verdict = await judge({ id: options.file ?? 'text', text: given, path: options.file })
    session.show(verdict, () => verdictLines(verdict))
    return ok(verdict.verdict === 'flag' ? FLAGGED : 0)
  }
  let flagged = false
  for (const item of itemsOf(await session.readInput())) {
    const verdict = 'item' in item ? await judge(item.item) : item.verdict
    flagged ||= verdict.verdict === 'flag'
    session.screen.print(safeJson(verdict))
  }
  return ok(flagged ? FLAGGED : 0)
}

async function check({ show }: Session<Options>, guards: readonly TextGuard[]): Promise<Outcome> {
  const checks = await Promise.all([
    import('#guards/injection/self-check.ts'),
    import('#guards/secrets/self-check.ts'),
    import('#guards/personal-data/self-check.ts'),
  ])
  const failed = checks.flatMap(({ failedExamples }, at) =>
    guards.some((guard) => guard === GUARDS[at]) ? failedExamples() : [],
  )
  if (failed.length > 0)
    return refused({
      code: 'verification_failed',
      message: `The rules do not do what their examples say: ${failed.slice(0, 5).join('; ')}.`,
      remedy: 'Install the dependencies that package-lock.json names, and a supported Node.',
      details: { failed },
    })
  show({ ok: true }, () => 'Every rule does what its examples say.')
  return ok(0)
}

async function sanitised(
  { options, workingDirectory, screen, show, readInput }: Session<Options>,
  given: string | undefined,
): Promise<Outcome> {
  const [{ sanitise }, { textOf }] = await Promise.all([
    import('#guards/injection/sanitise.ts'),
    import('../guard-text-items.ts'),
  ])
  const text =
    given ?? (options.file === undefined ? await readInput() : await textOf(options.file, workingDirectory))
  if (text === undefined)
    return refused({ code: 'invalid_input', message: `${options.file} cannot be read.` })
  const result = sanitise(text)
  show(result, () => result.text)
  if (!options.json)
    for (const { what, count } of result.changes) screen.remark(`${what}: changed in ${count} places`)
  return ok(0)
}

/** The items of JSON Lines; an input that does not begin like them is one text. */
function* itemsOf(input: string): Iterable<{ item: TextItem } | { verdict: TextVerdict }> {
  if (!/^\s*\{/.test(input)) {
    yield { item: { id: 'stdin', text: input } }
    return
  }
  let index = 0
  for (const line of input.split('\n')) {
    if (line.trim() === '') continue
    index += 1
    const parsed = parse(line)
    if (parsed === undefined || (parsed.text === undefined && parsed.path === undefined))
      yield { verdict: unreadable(parsed?.id ?? `line ${index}`) }
    else yield { item: { ...parsed, id: parsed.id ?? `line ${index}` } }
  }
}

function parse(line: string): z.infer<typeof Item> | undefined {
  try {
    const parsed = Item.safeParse(JSON.parse(line))
    return parsed.success ? parsed.data : undefined
  } catch {
    return undefined
  }
}

function unreadable(id: string | number): TextVerdict {
  const reason = 'The line is no item: it needs "text" or "path".'
  return { id, verdict: 'flag', class: 'unreadable', rule: 'guard.unreadable', reason, findings: [] }
}

function verdictLines({ verdict, findings }: TextVerdict): string {
  const lines = findings.map(
    ({ guard, rule, reason, line, confidence }) =>
      `${guard}  line ${line}  ${rule} (${confidence}): ${reason}`,
  )
  return [verdict, ...lines].map(oneLine).join('\n')
}

const HELP = `
Without a text or a file it reads standard input: JSON Lines of {"id", "text" or "path", "provenance"?}, and answers
each with one line {"id", "verdict", "class", "rule", "reason", "line", "findings"}; any other input is one text.
Exits with 14 when something is found: a person is to look.

Examples:
  $ airlock guard text --file README.md --provenance repository
  $ airlock guard text --only secrets < items.jsonl`
