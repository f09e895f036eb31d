/** The guest program of ACP agents: runs inside the sandbox with the agent as its child, and reports as the built-in agent does. */
import { EXIT } from '../builtin/exit-code.ts'
import { readBrief } from '../guest-input.ts'
import { reportLine } from '../report.ts'
import { AcpBrief } from './brief.ts'
import { supervise } from './supervise.ts'

const LEAST_BETWEEN_SIGNS = 5_000

const stop = new AbortController()
process.on('SIGTERM', () => stop.abort())
process.on('SIGINT', () => stop.abort())
process.stdout.on('error', () => stop.abort())

process.exit(await main())

async function main(): Promise<number> {
  const brief = await readBrief(AcpBrief)
  if (brief === undefined) {
    process.stderr.write('standard input is not a brief of an ACP agent\n')
    return EXIT.brief
  }
  let lastSign = 0
  return supervise(brief, {
    report: (report) => process.stdout.write(reportLine(report)),
    // Updates come by the hundred; one sign in five seconds says as much.
    alive: () => {
      if (performance.now() - lastSign < LEAST_BETWEEN_SIGNS) return
      lastSign = performance.now()
      process.stdout.write('{"kind":"alive"}\n')
    },
    signal: stop.signal,
  })
}
