import { readFile, writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { type Command, Option } from 'commander'
import type { ScanFinding } from '#contract/scan-report.ts'
import type { Severity } from '#guards/code-scan/rule.ts'
import { ok, type Result, refused } from '#kernel/result.ts'
import { isJsonLines } from '../guard-items.ts'
import { type Collected, filesBelow, NOTHING_PASSED_OVER, type PassedOver } from '../scan/scan-items.ts'
import type { Cli, Outcome, Session } from '../session.ts'
import { safeJson } from '../terminal/safe-text.ts'

interface Options {
  readonly diff?: string
  readonly staged?: boolean
  readonly sarif?: string
  readonly severity: Severity
  readonly baseline?: string
  readonly writeBaseline?: boolean
  readonly import?: readonly string[]
  readonly all?: boolean
}

/** What the process exits with when something blocks. */
export const SCAN_EXIT = 16

export function scanCommand(cli: Cli): Command {
  return cli
    .command('scan [paths...]', 'Look for what somebody could use against the code, and for secrets in it')
    .option('--diff <base>', 'only what the working tree changed since this commit')
    .option('--staged', 'only what is staged for the next commit')
    .option('--sarif <file>', 'write the findings as SARIF 2.1.0; - for standard output')
    .addOption(
      new Option('--severity <least>', 'what blocks: this and worse')
        .choices(['low', 'medium', 'high', 'critical'])
        .default('medium'),
    )
    .option('--baseline <file>', 'findings that are known, and block nothing')
    .option('--write-baseline', 'write what is found into --baseline')
    .option('--import <sarif...>', "take another scanner's findings in; they block as ours do")
    .option('--all', 'show what is below --severity as well')
    .addHelpText('after', HELP)
    .action(cli.act<Options, [readonly string[]]>(scan))
}

const HELP = `
Needs no server and runs nothing. JavaScript, TypeScript, Python, Go, Java, C#, Ruby and PHP are read; secrets are looked for
in every text. Exits with 16 when something blocks.
A line can be left alone with a reason: a comment "airlock-ignore: <rule> -- <reason>" on it or above it.
Without paths, standard input with JSON Lines of {"id", "text" or "path", "lang"?} is answered line by line.

Examples:
  $ airlock scan
  $ airlock scan --staged
  $ airlock scan src --sarif airlock.sarif
  $ airlock scan --diff origin/main --import semgrep.sarif`

async function scan(session: Session<Options>, paths: readonly string[]): Promise<Outcome> {
  const { options, workingDirectory } = session
  const everything = paths.length === 0 && options.diff === undefined && !options.staged
  if (everything && !session.screen.interactive) {
    const input = await session.readInput()
    if (isJsonLines(input)) return answerLines(session, input)
  }
  if (options.writeBaseline && options.baseline === undefined)
    return refused({
      code: 'invalid_input',
      message: '--write-baseline needs --baseline.',
      remedy: 'Name the file.',
    })
  const baseline = await baselineOf(session)
  if (!baseline.ok) return baseline
  const imported = await importedFindings(session)
  if (!imported.ok) return imported

  const passedOver: PassedOver = { ...NOTHING_PASSED_OVER }
  const files = await filesOf(session, everything ? ['.'] : paths, passedOver)
  if (!files.ok) return files
  // Loaded here: the other commands should not wait for parsers of eight languages.
  const { scanFiles } = await import('../scan/scan-files.ts')
  const scanned = await scanFiles(files.value, (path, done) => {
    if (done % 20 === 0) session.screen.status(`${done} files  ${path}`)
  })
  session.screen.status('')
  return report(
    session,
    [...scanned.findings, ...imported.value],
    scanned.files,
    passedOver,
    baseline.value,
    workingDirectory,
  )
}

async function report(
  session: Session<Options>,
  findings: readonly ScanFinding[],
  files: number,
  passedOver: PassedOver,
  known: ReadonlySet<string>,
  directory: string,
): Promise<Outcome> {
  const { options, screen } = session
  const [{ atLeast }, { scanLines, scanSummary }] = await Promise.all([
    import('#guards/code-scan/verdict.ts'),
    import('../render/scan-lines.ts'),
  ])
  const weighty = findings.filter(({ severity }) => atLeast(severity, options.severity))
  const suppressed = weighty.filter((finding) => finding.suppressed !== undefined)
  const old = weighty.filter(
    ({ fingerprint, suppressed: reason }) => reason === undefined && known.has(fingerprint),
  )
  const blocking = weighty.filter(
    ({ fingerprint, suppressed: reason }) => reason === undefined && !known.has(fingerprint),
  )
  const minor = findings.length - weighty.length
  if (options.writeBaseline && options.baseline !== undefined) {
    const { baselineText } = await import('#guards/code-scan/baseline.ts')
    await writeFile(resolve(directory, options.baseline), baselineText(weighty))
    screen.remark(`${weighty.length} findings are known from now on.`)
    return ok(0)
  }
  if (options.sarif !== undefined) {
    const { sarifOf } = await import('#guards/code-scan/sarif.ts')
    const text = `${JSON.stringify(sarifOf(options.all ? findings : weighty, session.version), null, 1)}\n`
    if (options.sarif === '-') {
      screen.print(text.trimEnd())
      return ok(blocking.length > 0 ? SCAN_EXIT : 0)
    }
    await writeFile(resolve(directory, options.sarif), text)
  }
  const told = options.all
    ? findings.filter(({ fingerprint }) => !known.has(fingerprint))
    : [...blocking, ...suppressed]
  const counts = {
    files,
    blocking: blocking.length,
    known: old.length,
    suppressed: suppressed.length,
    minor: options.all ? 0 : minor,
  }
  session.show(
    { verdict: blocking.length > 0 ? 'block' : 'pass', ...counts, passedOver, findings: told },
    () => [...scanLines(told, screen.paint), scanSummary(counts, passedOver, screen.paint)].join('\n'),
  )
  return ok(blocking.length > 0 ? SCAN_EXIT : 0)
}

async function answerLines(
  { options, screen, workingDirectory }: Session<Options>,
  input: string,
): Promise<Outcome> {
  const { verdictsOf } = await import('../scan/scan-lines.ts')
  let flagged = false
  for await (const verdict of verdictsOf(input, workingDirectory, options.severity)) {
    flagged ||= verdict.verdict === 'flag'
    screen.print(safeJson(verdict))
  }
  return ok(flagged ? SCAN_EXIT : 0)
}

async function filesOf(
  { options, git, changedFiles, workingDirectory }: Session<Options>,
  paths: readonly string[],
  passedOver: PassedOver,
): Promise<Result<AsyncIterable<Collected> | Iterable<Collected>>> {
  if (options.diff === undefined && !options.staged)
    return ok(filesBelow(paths, workingDirectory, passedOver))
  const root = await git.rootOf(workingDirectory)
  if (root === undefined)
    return refused({
      code: 'repository_unreadable',
      message: 'There is no git repository here.',
      remedy: 'Run it inside of a working tree, or without --diff and --staged.',
    })
  const changed = await changedFiles(
    root,
    options.staged ? { staged: true } : { base: options.diff ?? 'HEAD' },
  )
  if (!changed.ok) return changed
  const wanted = paths.map((path) => path.replace(/^\.\//, '').replace(/\/+$/, ''))
  return ok(
    changed.value
      .filter(
        ({ path }) =>
          wanted.length === 0 ||
          wanted.some((one) => one === '.' || path === one || path.startsWith(`${one}/`)),
      )
      .map(({ path, bytes, before }) => ({ path, bytes, change: { before } })),
  )
}

async function baselineOf({
  options,
  workingDirectory,
}: Session<Options>): Promise<Result<ReadonlySet<string>>> {
  if (options.baseline === undefined || options.writeBaseline) return ok(new Set())
  const { parseBaseline } = await import('#guards/code-scan/baseline.ts')
  const text = await readFile(resolve(workingDirectory, options.baseline), 'utf8').catch(() => '')
  return parseBaseline(text, options.baseline)
}

async function importedFindings({
  options,
  workingDirectory,
}: Session<Options>): Promise<Result<readonly ScanFinding[]>> {
  const findings: ScanFinding[] = []
  if (options.import === undefined) return ok(findings)
  const { importSarif } = await import('#guards/code-scan/sarif-import.ts')
  for (const name of options.import) {
    const text = await readFile(resolve(workingDirectory, name), 'utf8').catch(() => undefined)
    if (text === undefined)
      return refused({
        code: 'invalid_input',
        message: `${name} cannot be read.`,
        remedy: 'Name a SARIF file.',
      })
    const found = importSarif(text, name)
    if (!found.ok) return found
    findings.push(...found.value)
  }
  return ok(findings)
}
