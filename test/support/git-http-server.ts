import { spawn } from 'node:child_process'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createGunzip } from 'node:zlib'

/** A smart HTTP git server on loopback: git's own http-backend behind node:http, with basic authentication. */
export interface GitHttpServer {
  readonly url: string
  /** Every request line seen, with whether it was let in. */
  readonly requests: readonly { readonly line: string; readonly authorised: boolean }[]
  close(): Promise<void>
}

export async function startGitHttpServer(options: {
  readonly root: string
  readonly credential?: { readonly username: string; readonly password: string }
  /** Answers every request with a redirect there. */
  readonly redirectTo?: string
}): Promise<GitHttpServer> {
  const requests: { line: string; authorised: boolean }[] = []
  const server = createServer((request, response) => {
    const authorised = mayEnter(request, options.credential)
    requests.push({ line: `${request.method} ${request.url}`, authorised })
    if (options.redirectTo !== undefined) {
      response.writeHead(301, { location: `${options.redirectTo}${request.url}` }).end()
    } else if (authorised) serve(options.root, request, response)
    else response.writeHead(401, { 'www-authenticate': 'Basic realm="git"' }).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}

function mayEnter(request: IncomingMessage, credential?: { username: string; password: string }): boolean {
  if (credential === undefined) return true
  const expected = Buffer.from(`${credential.username}:${credential.password}`).toString('base64')
  return request.headers.authorization === `Basic ${expected}`
}

/** CGI as git http-backend speaks it: headers, an empty line, the body. */
function serve(root: string, request: IncomingMessage, response: ServerResponse): void {
  const url = new URL(request.url ?? '/', 'http://localhost')
  const child = spawn('git', ['-c', 'safe.directory=*', '-c', 'http.receivepack=true', 'http-backend'], {
    env: {
      PATH: '/usr/bin:/bin',
      GIT_PROJECT_ROOT: root,
      GIT_HTTP_EXPORT_ALL: '1',
      GIT_PROTOCOL: String(request.headers['git-protocol'] ?? ''),
      REQUEST_METHOD: request.method ?? 'GET',
      PATH_INFO: url.pathname,
      QUERY_STRING: url.search.slice(1),
      CONTENT_TYPE: request.headers['content-type'] ?? '',
      REMOTE_USER: 'somebody',
    },
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  const body = request.headers['content-encoding'] === 'gzip' ? request.pipe(createGunzip()) : request
  body.pipe(child.stdin)
  child.stdin.on('error', () => {})
  const chunks: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
  child.on('close', () => {
    const output = Buffer.concat(chunks)
    const end = output.indexOf('\r\n\r\n')
    const headers = new Map(
      output
        .subarray(0, end)
        .toString('latin1')
        .split('\r\n')
        .map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 2)]),
    )
    const status = Number.parseInt(headers.get('status') ?? '200', 10)
    headers.delete('status')
    response.writeHead(status, Object.fromEntries(headers)).end(output.subarray(end + 4))
  })
}
