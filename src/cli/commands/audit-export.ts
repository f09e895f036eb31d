import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Command } from 'commander'
import { refused } from '#kernel/result.ts'
import { type Cli, DONE, type Outcome, type Session } from '../session.ts'

export function auditExportCommand(cli: Cli): Command {
  return cli
    .command('export [file]', 'Write the whole log, one JSON line each, to a file or standard output')
    .addHelpText('after', '\nExample:\n  $ airlock audit export audit.jsonl')
    .action(cli.act<unknown, [string | undefined]>(exportLog))
}

async function exportLog(session: Session<unknown>, file: string | undefined): Promise<Outcome> {
  const client = await session.connect()
  if (!client.ok) return client
  const bytes = await client.value.auditExport()
  if (!bytes.ok) return bytes
  if (file === undefined) {
    for await (const chunk of bytes.value) session.screen.raw(chunk)
    return DONE
  }
  try {
    await pipeline(Readable.from(bytes.value), createWriteStream(file, { flags: 'wx', mode: 0o600 }))
  } catch (thrown) {
    if (!(thrown instanceof Error && 'code' in thrown && thrown.code === 'EEXIST')) throw thrown
    return refused({ code: 'conflict', message: `${file} is there already.`, remedy: 'Name a new file.' })
  }
  session.show(
    { file },
    () => `The log is in ${file}. Check it anywhere: airlock audit verify ${file} --key KEY`,
  )
  return DONE
}
