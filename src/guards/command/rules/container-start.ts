import type { Argument, Invocation } from '../reading.ts'
import { firstOperand, hasFlag, hasWord, operands, optionValues } from '../reading.ts'
import type { CommandRule } from '../rule.ts'
import { ENGINES } from './container-privileges.ts'

/** What each program does that runs or changes something beyond this sandbox; all else it does is reading or building. */
const ACTIONS: Readonly<Record<string, RegExp>> = {
  docker:
    /^(service|stack|swarm|plugin|load|import|push|login|checkpoint|debug|sandbox|volume (rm|prune)|system prune|update)\b/,
  podman:
    /^(play|kube (play|apply|down)|machine (init|start|stop|rm|set|ssh|reset)|push|login|load|system (reset|prune))\b/,
  nerdctl: /^(push|login)\b/,
  kubectl:
    /^(apply|create|delete|exec|run|edit|patch|replace|scale|rollout (restart|undo)|set|label|annotate|cp|proxy|attach|debug|drain|cordon|uncordon|taint|expose|autoscale|certificate|config (set|use|delete|unset))/,
  oc: /^(apply|create|delete|exec|run|rsh|edit|patch|new-app|login|adm)\b/,
  helm: /^(install|upgrade|uninstall|delete|rollback|push|registry login)\b/,
  minikube: /^(ssh|mount)\b/,
  lxc: /^(launch|exec|start|init|config|file|delete)\b/,
  incus: /^(launch|exec|start|init|config|file|delete)\b/,
  'lxc-start': /^/,
  'lxc-attach': /^/,
  vagrant: /^(up|ssh|provision|reload|destroy)\b/,
  virsh: /^(start|create|define|destroy|undefine|console)\b/,
  machinectl: /^(start|shell|login|run|copy)/,
  ctr: /^(run|tasks?|t|c(ontainers?)? create|images? import)\b/,
  crictl: /^(exec|run|runp|start|create)\b/,
  runc: /^(run|exec|create|start|init)\b/,
  crun: /^(run|exec|create|start)\b/,
  buildah: /^(run|push|mount|unshare)\b/,
  apptainer: /^(run|exec|shell)\b/,
  singularity: /^(run|exec|shell)\b/,
  firejail: /^/,
  limactl: /^(start|shell|create)\b/,
  colima: /^(start|ssh)\b/,
  terraform: /^(apply|destroy|import|taint|state (rm|mv|push)|login|force-unlock)\b/,
  tofu: /^(apply|destroy|import|state (rm|mv|push))\b/,
  pulumi: /^(up|destroy|import|state|login)\b/,
  'ansible-playbook': /^/,
  ansible: /^/,
}

/** Options of the program itself that take a value and may stand before the action. */
const VALUED = new Set(
  '-f --file -n --namespace --context -c --kubeconfig -p --project-name --env-file -H --host --log-level --cluster --profile --root -chdir'.split(
    ' ',
  ),
)

export const containerStart: CommandRule = {
  name: 'command.container',
  class: 'container',
  explanation:
    'Asks before virtual machines, clusters or managed infrastructure are commanded or changed, and before a container gets files or the network of the host.',
  remedy:
    'Share the workspace alone with a container (`-v "$PWD":/app`); what others use is changed by a person.',
  refuses: [
    'docker run --rm -v /srv/data:/data alpine ls',
    'docker run --network host alpine ls',
    'docker push registry.example.com/app:1',
    'kubectl apply -f x.yaml',
    'terraform apply',
    'qemu-system-x86_64 disk.img',
  ],
  allows: [
    'cat Dockerfile',
    'docker build -t app .',
    'docker run --rm -v "$PWD":/app node:22 npm test',
    'docker compose up -d',
    'kubectl get pods',
    'terraform plan',
    'kubectl apply --dry-run=client -f k8s/',
  ],
  *look(reading) {
    for (const invocation of reading.invocations)
      if (acts(invocation))
        yield {
          verdict: 'ask',
          reason: `${invocation.name} starts or changes something outside this sandbox.`,
          span: invocation.span,
        }
  },
}

function acts({ name, args }: Invocation): boolean {
  if (name.startsWith('qemu-system'))
    return args.length > 0 && !hasWord(args, '--version', '-version', '--help')
  const actions = Object.hasOwn(ACTIONS, name) ? ACTIONS[name] : undefined
  if (!actions || hasWord(args, '--help', '--version', '--dry-run', '--dry-run=client', '--dry-run=server'))
    return false
  if (name.startsWith('ansible'))
    return (
      !hasWord(args, '--syntax-check', '--list-hosts', '--list-tasks', '--check', '-C') &&
      !(name === 'ansible' && (hasWord(args, 'ping', 'setup') || !hasFlag(args, 'm')))
    )
  if (ENGINES.has(name) && sharesHost(args)) return true
  return actions.test(actionOf(args)) && operands(args).length > 0
}

/** The network of the host, one of its directories that is not the workspace, or the root of a running container. */
function sharesHost(args: readonly Argument[]): boolean {
  const networks = [...optionValues(args, '--net', '--net'), ...optionValues(args, '--network', '--network')]
  const users = firstOperand(args) === 'exec' ? optionValues(args, '-u', '--user') : []
  if (users.some(({ text }) => /^(root|0)(:|$)/.test(text))) return true
  const volumes = optionValues(args, '-v', '--volume')
  return (
    networks.some(({ text }) => text === 'host') ||
    volumes.some(({ text }) => /^\/(?!(home|Users)\/[^/:]{1,60}\/)/.test(text))
  )
}

function actionOf(args: readonly Argument[]): string {
  const words: string[] = []
  for (let index = 0; index < args.length && words.length < 3; index++) {
    const text = args[index]?.text ?? ''
    if (VALUED.has(text)) index += 1
    else if (!text.startsWith('-')) words.push(text)
  }
  return words.join(' ') || firstOperand(args)
}
