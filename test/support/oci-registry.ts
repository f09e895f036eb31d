import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:https'
import { type AddressInfo, connect } from 'node:net'
import type { Duplex } from 'node:stream'
import type { Reach } from '#sandbox/image/https.ts'
import { certificates } from '#test/sandbox/registry-world.ts'
import { type BuiltImage, sha256Of } from './oci-image.ts'

export const REGISTRY = 'registry.example.com'
const AUTH = 'auth.example.com'
const CDN = 'cdn.example.com'
/** Vouched for like the others, and in a network that is not public. */
export const NEIGHBOUR = 'neighbour.example.com'
const HOSTS = [REGISTRY, 'registry-1.docker.io', AUTH, CDN, NEIGHBOUR]

/** What a registry may do wrong, or differently; by the digest of a blob where it is about one. */
export interface Manners {
  /** Without the 401 at first. */
  open?: boolean
  /** Blobs come from another host. */
  redirect?: boolean | string
  /** Breaks off after half, so many times. */
  breaksOff?: Map<string, number>
  /** Sends the first half, and then nothing. */
  stalls?: Set<string>
  ignoresRanges?: boolean
  /** Answers a range with another one. */
  shiftsRanges?: boolean
  corrupts?: Set<string>
  /** Sends more than the size of the blob. */
  adds?: Set<string>
  status?: number
  /** Instead of the realm of its own. */
  realm?: string
  token?: string
  /** Tokens are good for so many requests. */
  tokenLasts?: number
}

export interface TestRegistry {
  readonly reach: Reach
  readonly authority: string
  readonly manners: Manners
  /** `METHOD host/path` of every request, ` +token` where it brought one, ` from N` where it asked for a range. */
  readonly log: string[]
  /** Puts an image, or the bytes of an index or manifest, under a tag and its digest. */
  put(repository: string, tag: string, what: BuiltImage | Buffer): void
  blobs(image: BuiltImage): void
  close(): Promise<void>
}

/** A registry on loopback, by TLS, as the OCI distribution specification has it: tokens, manifests, blobs, ranges. */
export async function startRegistry(): Promise<TestRegistry> {
  const { key, certificate, authority } = certificates(HOSTS)
  const addresses = new Map(HOSTS.map((host, index) => [host, `203.0.113.${index + 1}`]))
  const sockets = new Set<Duplex>()
  const log: string[] = []
  const manners: Manners = {}
  const documents = new Map<string, Buffer>()
  const blobs = new Map<string, Buffer>()
  let left = Number.POSITIVE_INFINITY

  const server = createServer({ key, cert: certificate }, (req, res) => {
    const url = new URL(`https://${req.headers.host}${req.url}`)
    const token = req.headers.authorization
    const range = /^bytes=(\d+)-$/.exec(req.headers.range ?? '')?.[1]
    log.push(
      `${req.method} ${url.host}${url.pathname}${token === undefined ? '' : ' +token'}${range === undefined ? '' : ` from ${range}`}`,
    )
    if (url.host === AUTH) return giveToken(url, res)
    if (url.pathname === '/ring') return void res.writeHead(307, { location: '/ring' }).end()
    if (url.host === CDN) return sendBlob(req, res, url.pathname.slice(1), Number(range ?? 0))
    if (manners.status !== undefined) return void res.writeHead(manners.status).end('{"errors":[]}')
    if (manners.open !== true && !(token === 'Bearer good' && left-- > 0)) return challenge(res)
    const [, repository, kind, name = ''] =
      /^\/v2\/(.+)\/(manifests|blobs)\/([^/]+)$/.exec(url.pathname) ?? []
    if (kind === 'manifests') return sendDocument(res, documents.get(`${repository}/${name}`))
    if (kind !== 'blobs') return void res.writeHead(404).end()
    if (manners.redirect === undefined || manners.redirect === false)
      return sendBlob(req, res, name, Number(range ?? 0))
    const location = manners.redirect === true ? `https://${CDN}/${name}` : manners.redirect
    res.writeHead(307, { location }).end('elsewhere')
  })

  function challenge(res: ServerResponse): void {
    const realm = manners.realm ?? `https://${AUTH}/token`
    const words = `Bearer realm="${realm}",service="registry",scope="repository:everything:*"`
    res.writeHead(401, { 'www-authenticate': words }).end('{"errors":[{"code":"UNAUTHORIZED"}]}')
  }

  function giveToken(url: URL, res: ServerResponse): void {
    const scope = url.searchParams.get('scope') ?? ''
    const fits = /^repository:[a-z/-]+:pull$/.test(scope) && url.searchParams.get('service') === 'registry'
    left = manners.tokenLasts ?? Number.POSITIVE_INFINITY
    if (fits) res.end(JSON.stringify({ token: manners.token ?? 'good' }))
    else res.writeHead(400).end()
  }

  function sendDocument(res: ServerResponse, bytes: Buffer | undefined): void {
    if (bytes === undefined) return void res.writeHead(404).end('{"errors":[{"code":"MANIFEST_UNKNOWN"}]}')
    const { mediaType } = JSON.parse(bytes.toString())
    res.writeHead(200, { 'content-type': mediaType, 'docker-content-digest': sha256Of(bytes) }).end(bytes)
  }

  function sendBlob(req: IncomingMessage, res: ServerResponse, digest: string, from: number): void {
    // As the stores behind registries do, which know signed addresses and no tokens.
    if (req.headers.host === CDN && req.headers.authorization !== undefined)
      return void res.writeHead(400).end()
    const blob = blobs.get(digest)
    if (blob === undefined) return void res.writeHead(404).end()
    let bytes = Buffer.from(blob)
    if (manners.corrupts?.has(digest)) bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1
    if (manners.adds?.has(digest)) bytes = Buffer.concat([bytes, Buffer.alloc(100)])
    const partial = from > 0 && manners.ignoresRanges !== true
    const part = partial ? bytes.subarray(from) : bytes
    const breaks = manners.breaksOff?.get(digest) ?? 0
    const shift = manners.shiftsRanges === true ? 1 : 0
    res.writeHead(partial ? 206 : 200, {
      'content-length': part.length,
      ...(partial ? { 'content-range': `bytes ${from + shift}-${bytes.length - 1}/${bytes.length}` } : {}),
    })
    if (manners.stalls?.has(digest)) return void res.write(part.subarray(0, part.length >> 1))
    if (breaks === 0) return void res.end(part)
    manners.breaksOff?.set(digest, breaks - 1)
    res.write(part.subarray(0, part.length >> 1), () => setTimeout(() => res.destroy(), 20))
  }

  server.on('connection', (socket) => sockets.add(socket)).on('tlsClientError', () => undefined)
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  const registry: TestRegistry = {
    authority,
    manners,
    log,
    reach: {
      resolve: async (host) => [addresses.get(host) ?? []].flat(),
      mayReach: (address) => address !== addresses.get(NEIGHBOUR),
      dial: () => connect({ host: '127.0.0.1', port }),
    },
    put(repository, tag, what) {
      const bytes = Buffer.isBuffer(what) ? what : what.manifest
      documents.set(`${repository}/${tag}`, bytes)
      documents.set(`${repository}/${sha256Of(bytes)}`, bytes)
      if (!Buffer.isBuffer(what)) registry.blobs(what)
    },
    blobs(image) {
      for (const [digest, blob] of image.blobs) blobs.set(digest, blob)
    },
    async close() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return registry
}
