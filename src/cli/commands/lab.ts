import { type Command, InvalidArgumentError } from 'commander'
import { ok } from '#kernel/result.ts'
import type { LabReport } from '#sandbox/lab/report.ts'
import { EXIT_CODE, INTERRUPTED } from '../exit-code.ts'
import { caseLines, reportLines, verdictLine } from '../render/lab-lines.ts'
import { type Cli, DONE, type Outcome, type Session } from '../session.ts'

interface LabOptions {
  readonly driver?: string
  readonly only?: RegExp
  readonly list?: boolean
}

export function labCommand(cli: Cli): Command {
  return cli
    .command('lab', 'Attack the sandboxes of this host, and see what stops each attack')
    .option('--driver <name>', 'only this one, bubblewrap or container')
    .option('--only <regex>', 'only the cases whose id matches', regex)
    .option('--list', 'say what would be tried, and try nothing')
    .addHelpText('after', HELP)
    .action(cli.act<LabOptions, []>(lab))
}

const HELP = `
Needs no server. Everything it attacks it has put there itself, on this machine; nothing is sent anywhere.
Exits with 13 when an attack gets through, with 11 when one could not be tried to its end.

Examples:
  $ airlock lab
  $ airlock lab --only '^network'`

async function lab(session: Session<LabOptions>): Promise<Outcome> {
  const { options, screen } = session
  const wanted = (id: string) => options.only?.test(id) ?? true
  const cases = (await session.sandbox.cases()).filter(({ id }) => wanted(id))
  if (cases.length === 0) return noCase()
  if (options.list) return list(session, cases)

  const interrupted = new AbortController()
  const stopListening = session.onInterrupt(() => interrupted.abort())
  let done = 0
  const reports = await session.sandbox.lab({
    ...(options.driver === undefined ? {} : { driver: options.driver }),
    wanted,
    onLine: (driver, { id }) => screen.status(`${driver}  ${++done} of ${cases.length}  ${id}`),
    signal: interrupted.signal,
  })
  stopListening()
  screen.status('')
  if (!reports.ok) return reports
  if (interrupted.signal.aborted) return ok(INTERRUPTED)
  session.show({ reports: reports.value }, () =>
    reports.value
      .flatMap((report) => [...reportLines(report, screen), verdictLine(report, screen.paint)])
      .join('\n'),
  )
  return ok(exitCodeOf(reports.value))
}

function list(session: Session<LabOptions>, cases: Parameters<typeof caseLines>[0]): Outcome {
  const told = cases.map(({ id, group, tries, stops }) => ({ id, group, tries, stops }))
  session.show({ cases: told }, () => caseLines(cases, session.screen.paint).join('\n'))
  return DONE
}

function exitCodeOf(reports: readonly LabReport[]): number {
  const some = (status: keyof LabReport['counts']) => reports.some(({ counts }) => counts[status] > 0)
  if (some('got_through')) return EXIT_CODE.verification_failed
  return some('unclear') ? EXIT_CODE.sandbox_failed : 0
}

function noCase(): Outcome {
  return {
    ok: false,
    failure: {
      code: 'not_found',
      message: 'No case has such an id.',
      remedy: '`airlock lab --list` shows them all.',
    },
  }
}

function regex(text: string): RegExp {
  try {
    return new RegExp(text)
  } catch {
    throw new InvalidArgumentError('Give a regular expression.')
  }
}
