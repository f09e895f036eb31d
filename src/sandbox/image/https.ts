import type { Socket } from 'node:net'
import { connect as connectTls, type TLSSocket } from 'node:tls'
import { Agent, type Dispatcher } from 'undici'
import { AirlockError, type Failure } from '#kernel/failure.ts'

/** How the host reaches the world: that of the egress proxy fits. A name that leads to an address it may not reach leads nowhere. */
export interface Reach {
  resolve(host: string): Promise<readonly string[]>
  mayReach(address: string): boolean
  dial(address: string, port: number): Socket
}

export interface HttpsOptions {
  readonly reach: Reach
  /** An authority to trust besides the usual ones, as PEM: for tests. */
  readonly authority?: string
}

export interface HttpsAnswer {
  readonly status: number
  header(name: string): string | undefined
  readonly body: Dispatcher.ResponseData['body']
}

/** GET over TLS, without following redirects. Throws an AirlockError of `image_unavailable` when nobody answers. */
export interface Https {
  get(url: URL, headers?: Readonly<Record<string, string>>): Promise<HttpsAnswer>
  close(): Promise<void>
}

const PATIENCE = 30_000

export function createHttps({ reach, authority }: HttpsOptions): Https {
  const agent = new Agent({
    headersTimeout: PATIENCE,
    bodyTimeout: PATIENCE,
    connect: ({ hostname, port }, done) => {
      dial(reach, authority, hostname, Number(port || 443)).then(
        (socket) => done(null, socket),
        (error: Error) => done(error, null),
      )
    },
  })
  return {
    async get(url, headers = {}) {
      try {
        const {
          statusCode,
          headers: received,
          body,
        } = await agent.request({
          origin: url.origin,
          path: `${url.pathname}${url.search}`,
          method: 'GET',
          headers: { 'user-agent': 'airlock', ...headers },
        })
        return {
          status: statusCode,
          body,
          header: (name) => [received[name] ?? []].flat()[0],
        }
      } catch (error) {
        if (error instanceof AirlockError) throw error
        throw new AirlockError(silent(url.host, error), { cause: error })
      }
    },
    close: () => agent.destroy(),
  }
}

/** Reads at most `most` bytes; undefined when there is more. */
export async function readUpTo(body: HttpsAnswer['body'], most: number): Promise<Buffer | undefined> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of body) {
    size += chunk.length
    if (size > most) return undefined // leaving the loop ends the transfer
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

/** The address that was checked is the one that is dialled: the name is not looked up again. */
async function dial(
  reach: Reach,
  authority: string | undefined,
  host: string,
  port: number,
): Promise<TLSSocket> {
  const addresses = await reach.resolve(host).catch(() => [])
  const [address] = addresses
  if (address === undefined) throw new AirlockError(silent(host, new Error('the name leads nowhere')))
  if (!addresses.every((each) => reach.mayReach(each))) throw new AirlockError(privateAddress(host))
  const socket = connectTls({
    socket: reach.dial(address, port),
    servername: host,
    ALPNProtocols: ['http/1.1'],
    ...(authority === undefined ? {} : { ca: authority }),
  })
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => socket.destroy(new Error('it took too long')), PATIENCE)
    socket.once('error', (error) => {
      clearTimeout(timer)
      reject(error)
    })
    socket.once('secureConnect', () => {
      clearTimeout(timer)
      resolve(socket)
    })
  })
}

function privateAddress(host: string): Failure {
  return {
    code: 'image_unavailable',
    rule: 'image.private-address',
    message: `${host} leads to an address that is not on the public internet.`,
    remedy:
      'Check the DNS of this host; for a registry of your own, name its network in network.json (docs/egress.md).',
  }
}

function silent(host: string, cause: unknown): Failure {
  return {
    code: 'image_unavailable',
    rule: 'image.registry-silent',
    message: `The registry does not answer (${host}).`,
    remedy: 'Try again; or bring the image in from a file: airlock image add FILE.',
    details: { cause: cause instanceof Error ? cause.message : String(cause) },
  }
}
