import type { Argument, Invocation } from '../reading.ts'
import { firstOperand, hasWord, operands, optionValues } from '../reading.ts'
import type { CommandRule } from '../rule.ts'

export const ENGINES = new Set(
  'docker podman nerdctl docker-compose podman-compose buildah ctr crictl runc crun lxc lxc-start incus'.split(
    ' ',
  ),
)
const CLUSTERS = new Set('kubectl oc k3s'.split(' '))
/** Of the host, and worth a container's boundary. */
const HOST_DIRECTORY = new Set('etc root home var usr bin sbin lib boot proc sys dev run Users'.split(' '))

export const containerPrivileges: CommandRule = {
  name: 'command.container-privileges',
  class: 'container-escape',
  explanation:
    'Refuses containers that are given the host: its files, devices, namespaces, capabilities or engine.',
  remedy: 'Give a container the workspace alone (`-v "$PWD":/app`) and no more rights than it has by itself.',
  refuses: [
    'docker run -v /:/host -it alpine',
    'docker run --privileged alpine',
    'docker run --pid=host alpine',
    'docker -H tcp://10.0.0.1:2375 ps',
    'kubectl create clusterrolebinding x --clusterrole=cluster-admin --serviceaccount=default:default',
  ],
  allows: [
    'docker build -t app .',
    'docker ps -a',
    'docker logs -f app',
    'kubectl get pods',
    'docker compose config',
  ],
  *look(reading) {
    for (const invocation of reading.invocations) {
      const what = givesHost(invocation)
      if (what !== undefined)
        yield {
          verdict: 'deny',
          reason: `${invocation.name} would give a container ${what}.`,
          span: invocation.span,
        }
    }
    for (const { name, value } of reading.assigned)
      if (
        name === 'DOCKER_HOST' &&
        /^(tcp|ssh|https?):/.test(value.text) &&
        !/:\/\/(localhost|127\.)/.test(value.text)
      )
        yield { verdict: 'deny', reason: 'It commands the engine of another machine.' }
  },
}

function givesHost({ name, args }: Invocation): string | undefined {
  if (CLUSTERS.has(name)) return clusterRights(args)
  if (!ENGINES.has(name)) return undefined
  const words = args.map(({ text }) => text)
  if (words.some((word) => /^--privileged(=true)?$/.test(word) || word === 'security.privileged=true'))
    return 'all rights of the host'
  if (values(args, '--pid', '--ipc', '--userns', '--uts', '--cgroupns').some((value) => value === 'host'))
    return "the host's processes"
  if (
    values(args, '--cap-add').some((value) =>
      /^(CAP_)?(ALL|SYS_ADMIN|SYS_PTRACE|SYS_MODULE|SYS_RAWIO|DAC_READ_SEARCH|DAC_OVERRIDE|NET_ADMIN|BPF|SYS_BOOT)$/i.test(
        value,
      ),
    )
  )
    return 'capabilities of the host'
  if (values(args, '--security-opt').some((value) => /unconfined|disable/.test(value)))
    return 'freedom from its confinement'
  if (values(args, '--device').some((value) => /^\/dev\/(sd|nvme|vd|xvd|mem|kmem|mapper|dm-)/.test(value)))
    return 'a disk of the host'
  if (
    [...optionValues(args, '-v', '--volume')].some(
      ({ text }) => isHostPath(text) || /(docker|containerd|podman|crio)\.sock/.test(text),
    )
  )
    return 'files of the host'
  if (values(args, '--mount').some((value) => mountedPath(value))) return 'files of the host'
  if (words.some((word) => /^source=\/(etc|root|home)?$/.test(word))) return 'files of the host'
  if (
    values(args, '-H', '--host').some(
      (value) => /^(tcp|ssh|https?):/.test(value) && !/:\/\/(localhost|127\.)/.test(value),
    )
  )
    return 'work from afar'
  if (hasWord(args, '--grant-all-permissions')) return 'all permissions'
  if (
    /^(exec)$/.test(firstOperand(args)) &&
    values(args, '-u', '--user').some((value) => /^(root|0)/.test(value)) &&
    words.includes('--privileged')
  )
    return 'all rights'
  return undefined
}

function clusterRights(args: readonly Argument[]): string | undefined {
  const line = args
    .map(({ text }) => text)
    .join(' ')
    .slice(0, 4_000)
  if (/"?(privileged|hostPID|hostNetwork|hostIPC)"?\s?[:=]\s?true|"hostPath"/.test(line))
    return 'the rights of its node'
  if (/create (cluster)?rolebinding/.test(line) && /cluster-admin|system:masters/.test(line))
    return 'the rights of an administrator'
  if (operands(args)[0]?.text === 'debug' && /\bnode\//.test(line)) return 'a node'
  return /--token[= ]\$\(|--as[= ]system:/.test(line) ? "somebody else's rights" : undefined
}

function values(args: readonly Argument[], ...names: readonly string[]): string[] {
  return names.flatMap((name) =>
    (name.startsWith('--') ? optionValues(args, name, name) : optionValues(args, name)).map(
      ({ text }) => text,
    ),
  )
}

/** The root, a directory of the system, a home or its keys: what stands before the first colon. */
function isHostPath(volume: string): boolean {
  if (
    /^\/(etc|usr|lib|sys|var\/lib|var\/cache|dev\/(bus|shm|dri|snd))\/[^:]{1,200}:[^:]{1,200}:ro\b/.test(
      volume,
    ) &&
    !/shadow|sudoers|ssh|docker|kube/.test(volume)
  )
    return false
  const colon = volume.indexOf(':')
  const path = colon < 0 ? volume : volume.slice(0, colon)
  if (path === '/' || path === '~' || path === '~/') return true
  if (path.startsWith('~/.')) return /^~\/\.(ssh|aws|docker|kube|gnupg)/.test(path)
  const [, first = '', second] = path.split('/')
  // One directory of a home is shared with a container every day; all of them are not.
  return (
    path.startsWith('/') &&
    HOST_DIRECTORY.has(first) &&
    !(second && /^(home|Users|var|run)$/.test(first) && path.split('/').length > 3)
  )
}

function mountedPath(value: string): boolean {
  const source = value.split(',').find((part) => /^(src|source)=/.test(part))
  const path = source?.slice(source.indexOf('=') + 1)
  return path !== undefined && (isHostPath(path) || path.endsWith('docker.sock'))
}
