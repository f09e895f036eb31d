/**
 * The built-in agent for clients of the Agent Client Protocol, on standard input and output. Inside a sandbox of Airlock
 * it needs no options but the model; anywhere else `--base-url` says where the model is.
 *
 *     node acp-main.ts --protocol anthropic --model NAME [--base-url URL] [--scope GLOB]…
 */
import { parseArgs } from 'node:util'
import { serveAcp } from './acp.ts'
import { Brief } from './brief.ts'

globalThis.AI_SDK_LOG_WARNINGS = false

const { values } = parseArgs({
  options: {
    protocol: { type: 'string' },
    model: { type: 'string' },
    socket: { type: 'string', default: '/run/airlock/model.sock' },
    'base-url': { type: 'string' },
    scope: { type: 'string', multiple: true, default: ['**'] },
  },
})
const door = Brief.pick({ socket: true, baseUrl: true, model: true }).safeParse({
  socket: values.socket,
  ...(values['base-url'] === undefined ? {} : { baseUrl: values['base-url'] }),
  model: { provider: 'acp', protocol: values.protocol, name: values.model },
})
if (!door.success) {
  process.stderr.write(
    `usage: --protocol ${Brief.shape.model.shape.protocol.options.join('|')} --model NAME [--base-url URL] [--scope GLOB]…\n`,
  )
  process.exit(64)
}
await serveAcp({ ...door.data, scope: { include: values.scope, exclude: [] } }, process.stdin, process.stdout)
process.exit(0)
