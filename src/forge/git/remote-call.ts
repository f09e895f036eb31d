import { join } from 'node:path'
import { ok, type Result, refused } from '#kernel/result.ts'
import { type RemoteAddress, remoteAddress } from '../remote-url.ts'
import type { Remote } from '../repository.ts'
import { ownerToServeAs } from './serve-as.ts'

/** What a git command needs to speak to one remote, and to nothing else. */
export interface RemoteCall {
  readonly address: RemoteAddress
  readonly url: string
  readonly config: readonly string[]
  readonly environment: Readonly<Record<string, string>>
  readonly uploadPack: readonly string[]
  readonly receivePack: readonly string[]
}

export async function remoteCall(remote: Remote, gitDirectory: string): Promise<Result<RemoteCall>> {
  const parsed = remoteAddress(remote.url)
  if (!parsed.ok) return parsed
  const address = parsed.value
  switch (address.kind) {
    case 'local': {
      const owner = await asOwner(address.path)
      return ok({
        address,
        url: address.path,
        config: [],
        environment: { GIT_ALLOW_PROTOCOL: 'file' },
        uploadPack: [`--upload-pack=${owner}${SERVING_GIT} upload-pack`],
        receivePack: [`--receive-pack=${owner}${SERVING_GIT} receive-pack`],
      })
    }
    case 'http':
    case 'https':
      return httpCall(remote, address)
    case 'ssh':
      return ok({
        address,
        url: address.url,
        config: ['ssh.variant=ssh'],
        environment: { GIT_ALLOW_PROTOCOL: 'ssh', GIT_SSH_COMMAND: sshCommand(remote, gitDirectory) },
        uploadPack: [],
        receivePack: [],
      })
  }
}

/**
 * The serving side of a local remote reads that repository's own configuration. These settings win over it: no hook, no
 * monitor, no command for alternates, and no further transport (a promisor remote with an uploadpack of its own would
 * run it: CVE-2024-32004). `safe.directory=*` because the repository may belong to another user.
 */
const SERVING_GIT = [
  'GIT_ALLOW_PROTOCOL=none GIT_NO_LAZY_FETCH=1 git',
  '-c safe.directory=*',
  '-c core.hooksPath=/dev/null',
  '-c core.fsmonitor=false',
  '-c core.alternateRefsCommand=true',
  '-c gc.auto=0 -c receive.autoGC=false -c maintenance.auto=false',
].join(' ')

async function asOwner(path: string): Promise<string> {
  if (process.geteuid?.() !== 0) return ''
  const owner = await ownerToServeAs(path)
  if (owner === undefined) return ''
  return `setpriv --reuid=${owner.uid} --regid=${owner.gid} --clear-groups env `
}

/** git asks this helper; the secret is in the environment of that one child, bound to the remote's own origin. */
const CREDENTIAL_HELPER =
  '!f() { test "$1" = get && printf "username=%s\\npassword=%s\\n" "$AIRLOCK_GIT_USERNAME" "$AIRLOCK_GIT_PASSWORD"; }; f'

const LOOPBACK = /^http:\/\/(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])(?::\d+)?$/

function httpCall(
  remote: Remote,
  address: Extract<RemoteAddress, { kind: 'http' | 'https' }>,
): Result<RemoteCall> {
  const { credential } = remote
  const unusable = [credential?.username, credential?.password].some(
    (text) => text !== undefined && /[\0\r\n]/.test(text),
  )
  if (unusable)
    return refused({ code: 'invalid_input', message: "The remote's credential has a line break in it." })
  if (credential !== undefined && address.kind === 'http' && !LOOPBACK.test(address.origin))
    return refused({
      code: 'invalid_input',
      message: 'A credential would cross the network unencrypted.',
      rule: 'remote.plain-http',
      remedy: 'Use the https:// address of the repository.',
    })
  return ok({
    address,
    url: address.url,
    config: [
      'http.followRedirects=false', // a redirect could carry the credential to another host
      'http.lowSpeedLimit=1000',
      'http.lowSpeedTime=60',
      ...(credential === undefined ? [] : [`credential.${address.origin}.helper=${CREDENTIAL_HELPER}`]),
    ],
    environment: {
      GIT_ALLOW_PROTOCOL: address.kind,
      ...(credential === undefined
        ? {}
        : { AIRLOCK_GIT_USERNAME: credential.username, AIRLOCK_GIT_PASSWORD: credential.password }),
    },
    uploadPack: [],
    receivePack: [],
  })
}

/** Fixed options only: no configuration file, no agent, no forwarding, no prompt. */
function sshCommand(remote: Remote, gitDirectory: string): string {
  const known = remote.sshKnownHostsFile
  const options = [
    'BatchMode=yes',
    'IdentitiesOnly=yes',
    'IdentityAgent=none',
    'ForwardAgent=no',
    'ClearAllForwardings=yes',
    'PermitLocalCommand=no',
    'ProxyCommand=none',
    'ControlPath=none',
    'UpdateHostKeys=no',
    'ConnectTimeout=20',
    // Without a file of known hosts the first key seen is kept, and any other one is refused from then on.
    `StrictHostKeyChecking=${known === undefined ? 'accept-new' : 'yes'}`,
    `UserKnownHostsFile=${quotedForSsh(known ?? join(gitDirectory, 'airlock-known-hosts'))}`,
  ]
  const key = remote.sshKeyFile === undefined ? [] : ['-i', quoted(remote.sshKeyFile)]
  return [
    'ssh',
    '-F',
    '/dev/null',
    '-a',
    '-x',
    '-T',
    ...key,
    ...options.flatMap((o) => ['-o', quoted(o)]),
  ].join(' ')
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}

/** ssh splits this value at white space and expands %: it has quotes of its own. */
function quotedForSsh(path: string): string {
  return `"${path.replaceAll('%', '%%')}"`
}
