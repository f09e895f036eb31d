import type { CommandRule } from '../rule.ts'

const ENGINES = new Set(
  'docker docker-compose podman podman-compose nerdctl buildah ctr crictl runc crun kubectl oc helm minikube kind k3s k3d lxc lxd lxc-start incus bwrap systemd-nspawn firejail vagrant virsh machinectl apptainer singularity colima limactl'.split(
    ' ',
  ),
)

export const containerSpawning: CommandRule = {
  name: 'command.container',
  class: 'Container spawning',
  explanation: 'Refuses to start or command containers, virtual machines and clusters.',
  remedy: 'Run the program directly in the workspace; services a test needs are started without a container.',
  refuses: [
    'docker run -v /:/host alpine',
    'podman build .',
    'kubectl apply -f x.yaml',
    'qemu-system-x86_64 -hda x',
  ],
  allows: ['cat Dockerfile', 'grep docker README.md', 'npm run docker:lint'],
  *look(reading) {
    for (const { name, span } of reading.invocations)
      if (ENGINES.has(name) || name.startsWith('qemu-system'))
        yield { verdict: 'deny', reason: `${name} starts or commands something outside this sandbox.`, span }
  },
}
