import { createReadStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import type { Command } from 'commander'
import { type Checkpoint, openCheckpoint } from '#audit/checkpoint.ts'
import { checkLog, type LogReport } from '#audit/log-check.ts'
import { linesOf, parseLogLine } from '#audit/log-export.ts'
import type { VerifierKey } from '#audit/signing-key.ts'
import { ok, type Result, refused } from '#kernel/result.ts'
import { EXIT_CODE } from '../exit-code.ts'
import { collect } from '../option-values.ts'
import { logReportText } from '../render/log-report.ts'
import type { Cli, Outcome, Session } from '../session.ts'
import { trustedKey } from '../trusted-key.ts'

interface VerifyOptions {
  readonly key?: string
  readonly known?: string[]
}

/** A log to be checked, with what is known about it from elsewhere. */
interface Log {
  readonly bytes: AsyncIterable<Uint8Array>
  readonly origin: string
  readonly known: readonly Checkpoint[]
}

export function auditVerifyCommand(cli: Cli): Command {
  return cli
    .command('verify [file]', 'Check every entry, every checkpoint and the tree over them')
    .option('--key <file>', 'the verifier key you trust (the one of this machine)')
    .option('--known <file>', 'a checkpoint you kept elsewhere; may be given again', collect)
    .addHelpText(
      'after',
      `
Without a file the log is taken from the server; the checking is done here either way.
Exits with 13 when anything does not hold.

Examples:
  $ airlock audit verify
  $ airlock audit verify audit.jsonl --key airlock.pub --known last-month.checkpoint`,
    )
    .action(cli.act<VerifyOptions, [string | undefined]>(verify))
}

async function verify(session: Session<VerifyOptions>, file: string | undefined): Promise<Outcome> {
  const key = await trustedKey(session.options.key, session.trustedKeyFile)
  if (!key.ok) return key
  if (key.value === undefined) return refused(NO_KEY)
  const log = file === undefined ? await logOfServer(session, key.value) : await logInFile(file, key.value)
  if (!log.ok) return log
  const kept = await keptCheckpoints(session.options.known ?? [], key.value)
  if (!kept.ok) return kept
  const { origin, bytes } = log.value
  session.screen.status('checking the log …')
  const report = await checkLog(bytes, { key: key.value, origin, known: [...log.value.known, ...kept.value] })
  session.screen.status('')
  session.show({ origin, ...report }, () => reportText(session, origin, report))
  return ok(report.ok ? 0 : EXIT_CODE.verification_failed)
}

function reportText({ screen }: Session<unknown>, origin: string, report: LogReport): string {
  return logReportText(origin, report, screen.paint)
}

/** The server is asked for its newest checkpoint first: the log it then gives must lead up to it. */
async function logOfServer(session: Session<unknown>, key: VerifierKey): Promise<Result<Log>> {
  const client = await session.connect()
  if (!client.ok) return client
  const note = await client.value.auditCheckpoint()
  if (!note.ok) return note
  const checkpoint = openCheckpoint(Buffer.from(note.value).toString('utf8'), key)
  if (!checkpoint.ok) return checkpoint
  const bytes = await client.value.auditExport()
  if (!bytes.ok) return bytes
  return ok({ bytes: bytes.value, origin: checkpoint.value.origin, known: [checkpoint.value] })
}

/** The log in a file is whichever its first checkpoint names, once the key has signed that. */
async function logInFile(file: string, key: VerifierKey): Promise<Result<Log>> {
  try {
    for await (const text of linesOf(createReadStream(file))) {
      const line = text === undefined ? undefined : parseLogLine(text)
      if (line?.kind !== 'checkpoint') continue
      const checkpoint = openCheckpoint(line.note, key)
      if (checkpoint.ok)
        return ok({ bytes: createReadStream(file), origin: checkpoint.value.origin, known: [] })
    }
  } catch {
    return refused({
      code: 'invalid_input',
      message: `${file} cannot be read.`,
      remedy: 'Name an exported log.',
    })
  }
  return refused({
    code: 'verification_failed',
    message: `${file} has no checkpoint that the key ${key.name}+${key.id} signed.`,
    rule: 'audit.checkpoint',
    remedy: 'Name the key of the installation that wrote it with --key.',
  })
}

async function keptCheckpoints(files: readonly string[], key: VerifierKey): Promise<Result<Checkpoint[]>> {
  const kept: Checkpoint[] = []
  for (const file of files) {
    const note = await readFile(file, 'utf8').catch(() => '')
    const checkpoint = openCheckpoint(note, key)
    if (!checkpoint.ok) return checkpoint
    kept.push(checkpoint.value)
  }
  return ok(kept)
}

const NO_KEY = {
  code: 'verification_failed' as const,
  message: 'No key is trusted on this machine, so nothing can be verified.',
  rule: 'audit.key',
  remedy: 'Name the verifier key with --key FILE.',
}
