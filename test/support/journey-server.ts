/**
 * A real server with what only tests want. Arguments: a JSON object with `stall` (where to stop for ever, and at which
 * time of asking) and `idleSeconds`. Says `stalled` once it stands there; then it waits to be killed.
 */
import { connect } from 'node:net'
import { resolve } from 'node:path'
import { readConfig } from '#compose/config.ts'
import { serve } from '#compose/serve.ts'
import type { StallPoint } from '#tasks/workshop.ts'

export interface JourneyServerOptions {
  readonly stall?: { readonly at: StallPoint; readonly time?: number }
  readonly idleSeconds?: number
  /** The whole internet: this one name, on this port of loopback. */
  readonly world?: { readonly host: string; readonly port: number }
}

const { stall, idleSeconds, world }: JourneyServerOptions = JSON.parse(process.argv[2] ?? '{}')
let times = 0
const served = await serve(readConfig(), {
  version: '0.0.0',
  packageRoot: resolve(import.meta.dirname, '../..'),
  examineHost: async () => [],
  onProblem: (message, cause) => process.stderr.write(`${message}: ${String(cause)}\n`),
  ...(idleSeconds === undefined ? {} : { idleSeconds }),
  ...(world === undefined
    ? {}
    : {
        testingOnlyInternet: {
          resolve: async (host: string) => (host === world.host ? ['104.16.0.35'] : []),
          mayReach: (address: string) => address === '104.16.0.35',
          dial: () => connect({ host: '127.0.0.1', port: world.port, allowHalfOpen: true }),
        },
      }),
  testingOnlyStall: async (where) => {
    if (where !== stall?.at) return
    times += 1
    if (times !== (stall.time ?? 1)) return
    process.stdout.write('stalled\n')
    await new Promise(() => {})
  },
})
if (!served.ok) throw new Error(served.failure.message)
process.on('SIGTERM', () => void served.value.stop().then(() => process.exit(0)))
