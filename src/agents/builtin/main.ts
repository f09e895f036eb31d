/** The guest program: runs inside the sandbox, reads a brief on standard input, reports one JSON line at a time. */

import { reportLine } from '../report.ts'
import { Brief } from './brief.ts'
import { carryOut } from './carry-out.ts'
import { EXIT, type ExitCode } from './exit-code.ts'

const LARGEST_BRIEF = 4 * 1024 * 1024

// Standard error is for what went wrong, not for advice about model capabilities.
globalThis.AI_SDK_LOG_WARNINGS = false

const stop = new AbortController()
process.on('SIGTERM', () => stop.abort())
process.on('SIGINT', () => stop.abort())
// Nobody listens any more: there is no one left to work for.
process.stdout.on('error', () => stop.abort())

process.exit(await main())

async function main(): Promise<ExitCode> {
  const brief = Brief.safeParse(parseJson(await readInput()))
  if (!brief.success) {
    process.stderr.write('standard input is not a brief of the built-in agent\n')
    return EXIT.brief
  }
  return carryOut(brief.data, {
    report: (report) => process.stdout.write(reportLine(report)),
    // A line that reports nothing; the host counts it as a sign of life.
    alive: () => process.stdout.write('{"kind":"alive"}\n'),
    signal: stop.signal,
  })
}

async function readInput(): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of process.stdin) {
    size += chunk.length
    if (size > LARGEST_BRIEF) return ''
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
