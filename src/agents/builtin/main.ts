/** The guest program: runs inside the sandbox, reads a brief on standard input, reports one JSON line at a time. */

import { readBrief } from '../guest-input.ts'
import { reportLine } from '../report.ts'
import { Brief } from './brief.ts'
import { carryOut } from './carry-out.ts'
import { EXIT, type ExitCode } from './exit-code.ts'

// Standard error is for what went wrong, not for advice about model capabilities.
globalThis.AI_SDK_LOG_WARNINGS = false

const stop = new AbortController()
process.on('SIGTERM', () => stop.abort())
process.on('SIGINT', () => stop.abort())
// Nobody listens any more: there is no one left to work for.
process.stdout.on('error', () => stop.abort())

process.exit(await main())

async function main(): Promise<ExitCode> {
  const brief = await readBrief(Brief)
  if (brief === undefined) {
    process.stderr.write('standard input is not a brief of the built-in agent\n')
    return EXIT.brief
  }
  return carryOut(brief, {
    report: (report) => process.stdout.write(reportLine(report)),
    // A line that reports nothing; the host counts it as a sign of life.
    alive: () => process.stdout.write('{"kind":"alive"}\n'),
    signal: stop.signal,
  })
}
