import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:https'
import { type AddressInfo, connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Duplex } from 'node:stream'
import type { Internet } from '#gateway/egress/proxy.ts'

export interface RegistryWorld {
  readonly internet: Internet
  /** The authority that vouches for every host of this world, as PEM. */
  readonly authority: string
  /** `host:port` of every connection that the proxy began. */
  readonly dialed: string[]
  close(): Promise<void>
}

/**
 * An internet of one TLS server, on loopback, for all of these hosts: whatever is allowed leads to it, and nothing
 * else to anywhere. `files` is by `host/path`; the root of each host answers with its name.
 */
export async function registryWorld(
  hosts: readonly string[],
  files: Readonly<Record<string, string | Buffer>>,
): Promise<RegistryWorld> {
  const { key, certificate, authority } = certificates(hosts)
  const addresses = new Map(hosts.map((host, index) => [host, `104.16.0.${index + 1}`]))
  const hostAt = new Map([...addresses].map(([host, address]) => [address, host]))
  const sockets = new Set<Duplex>()
  const dialed: string[] = []
  const server = createServer({ key, cert: certificate }, (req, res) => {
    const host = req.headers.host?.replace(/:443$/, '') ?? ''
    const found = req.url === '/' ? host : files[`${host}${req.url}`]
    res.writeHead(found === undefined ? 404 : 200, {
      'content-type': req.url?.endsWith('/') ? 'text/html' : 'application/octet-stream',
    })
    res.end(found)
  })
  server.on('connection', (socket) => sockets.add(socket)).on('tlsClientError', () => undefined)
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port: loopbackPort } = server.address() as AddressInfo
  return {
    authority,
    dialed,
    internet: {
      resolve: async (host) => [addresses.get(host) ?? []].flat(),
      mayReach: (address) => hostAt.has(address),
      dial(address, port) {
        dialed.push(`${hostAt.get(address)}:${port}`)
        return connect({ host: '127.0.0.1', port: loopbackPort, allowHalfOpen: true })
      },
    },
    async close() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

type Entries = Readonly<Record<string, string>>

/** Archives as registries hold them, from texts by name; made by Python, because Node writes neither format. */
export const zipOf = (entries: Entries): Buffer =>
  archived(
    entries,
    `
with zipfile.ZipFile(out, 'w') as archive:
    for name, text in entries.items():
        archive.writestr(name, text)`,
  )

export const tarballOf = (entries: Entries): Buffer =>
  archived(
    entries,
    `
with tarfile.open(fileobj=out, mode='w:gz') as archive:
    for name, text in entries.items():
        info = tarfile.TarInfo(name)
        info.size = len(text)
        archive.addfile(info, io.BytesIO(text.encode()))`,
  )

function archived(entries: Entries, write: string): Buffer {
  const before = 'import io, json, sys, tarfile, zipfile\nentries, out = json.load(sys.stdin), io.BytesIO()'
  const program = `${before}${write}\nsys.stdout.buffer.write(out.getvalue())`
  return execFileSync('python3', ['-c', program], { input: JSON.stringify(entries) })
}

export function certificates(hosts: readonly string[]) {
  const directory = mkdtempSync(join(tmpdir(), 'airlock-certificates-'))
  const path = (name: string) => join(directory, name)
  const openssl = (...words: string[]) => execFileSync('openssl', words, { stdio: 'ignore' })
  const newKey = ['-nodes', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256']
  try {
    const names = hosts.map((host) => `DNS:${host}`).join(',')
    writeFileSync(path('names'), `subjectAltName=${names}\n`)
    const authority = ['-keyout', path('ca.key'), '-out', path('ca.pem')]
    openssl('req', '-x509', '-subj', '/CN=Test authority', '-days', '2', ...newKey, ...authority)
    openssl('req', '-subj', '/CN=registries', ...newKey, '-keyout', path('key'), '-out', path('request'))
    const signer = ['-CA', path('ca.pem'), '-CAkey', path('ca.key'), '-CAcreateserial', '-days', '2']
    openssl(
      'x509',
      '-req',
      '-in',
      path('request'),
      ...signer,
      '-extfile',
      path('names'),
      '-out',
      path('cert'),
    )
    const [key, certificate, ca] = ['key', 'cert', 'ca.pem'].map((name) => readFileSync(path(name), 'utf8'))
    return { key, certificate, authority: ca ?? '' }
  } finally {
    rmSync(directory, { recursive: true })
  }
}
