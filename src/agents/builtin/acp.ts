import { Readable, Writable } from 'node:stream'
import {
  agent,
  type ContentBlock,
  methods,
  ndJsonStream,
  PROTOCOL_VERSION,
  RequestError,
} from '@agentclientprotocol/sdk'
import { AcpSession, type AcpSetup } from './acp-session.ts'

/** The built-in agent as an ACP agent over a pair of streams; resolves when its client is gone. */
export async function serveAcp(setup: AcpSetup, input: Readable, output: Writable): Promise<void> {
  const sessions = new Map<string, AcpSession>()
  const session = (id: string) => {
    const found = sessions.get(id)
    if (found === undefined) throw new RequestError(-32_602, 'There is no such session.')
    return found
  }
  const app = agent({ name: 'airlock' })
    .onRequest(methods.agent.initialize, () => ({
      protocolVersion: PROTOCOL_VERSION,
      agentCapabilities: { loadSession: false },
      agentInfo: { name: 'airlock', version: '1' },
    }))
    .onRequest(methods.agent.session.new, ({ params }) => {
      const sessionId = `session-${sessions.size + 1}`
      sessions.set(sessionId, new AcpSession(sessionId, setup, params.cwd))
      return { sessionId }
    })
    .onRequest(methods.agent.session.prompt, async ({ params, client }) => {
      const stopReason = await session(params.sessionId)
        .prompt(textOf(params.prompt), client)
        .catch((error: unknown) => {
          throw new RequestError(-32_603, error instanceof Error ? error.message : String(error))
        })
      return { stopReason }
    })
    .onNotification(methods.agent.session.cancel, ({ params }) => session(params.sessionId).cancel())
  const stream = ndJsonStream(Writable.toWeb(output), Readable.toWeb(input) as ReadableStream<Uint8Array>)
  await app.connect(stream).closed
}

/** The words of a prompt; what else stands in it is named, so that the model can ask for it by its tools. */
function textOf(blocks: readonly ContentBlock[]): string {
  const words = blocks.map((block) => {
    if (block.type === 'text') return block.text
    if (block.type === 'resource_link') return `[${block.name}](${block.uri})`
    return `[${block.type} left out]`
  })
  return words.join('\n')
}
