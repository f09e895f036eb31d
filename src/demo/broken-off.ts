import { readFile } from 'node:fs/promises'
import { failureText } from '#cli/render/failure.ts'
import { logFile } from '#cli/server-record.ts'
import { manyLines } from '#cli/terminal/safe-text.ts'
import type { Failure } from '#kernel/failure.ts'
import type { Demo } from './demo.ts'

const LOG_LINES = 15

/** Says why the demo cannot go on, with the last words of the server: they are about to be removed. */
export async function brokenOff({ cli, place }: Demo, failure: Failure): Promise<void> {
  const { paint, remark, status } = cli.screen
  status('')
  remark(`\n${failureText(failure, paint)}`)
  // A server that did not start has had its last words in the failure.
  if (failure.code === 'server_unreachable') return
  const text = await readFile(logFile(place.home), 'utf8').catch(() => '')
  const lines = manyLines(text).trimEnd().split('\n').slice(-LOG_LINES)
  if (text !== '') remark(paint('dim', ['', 'The last of server.log:', ...lines].join('\n  ')))
}
