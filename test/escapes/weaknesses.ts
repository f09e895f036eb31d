import { carelessLane, takeCarelessly } from './careless-host.ts'
import type { LabRun } from './lab-rig.ts'
import * as weaker from './weaker-profiles.ts'

/** One part of the protection taken away, and the attacks that must get through then. */
export interface Weakness {
  readonly name: string
  readonly run: LabRun
  readonly through: readonly string[]
}

const profile = (
  testingOnlyWeaken: NonNullable<LabRun['bubblewrap']>['testingOnlyWeaken'] & object,
): LabRun => ({
  bubblewrap: { testingOnlyWeaken },
})
const options = (...rewrites: weaker.Rewrite[]) => profile({ options: weaker.all(...rewrites) })

const DEVICES = [
  ...['mem', 'kmsg', 'kvm', 'fuse', 'vda', 'sda', 'nvme0n1', 'net/tun', 'vsock', 'input', 'dri', 'loop0'],
].flatMap((name) => ['--dev-bind', '/dev/null', `/dev/${name}`])
const SETTINGS = ['kernel/core_pattern', 'kernel/hostname', 'vm/overcommit_memory'].flatMap((name) => [
  ...['--dev-bind', '/dev/null', `/proc/sys/${name}`],
])

export const WEAKNESSES: readonly Weakness[] = [
  {
    name: 'with a filter that allows everything',
    run: profile(weaker.NO_FILTER),
    through: words(`devices.inject-terminal-input privileges.make-user-namespace
      privileges.clone-into-user-namespace privileges.clone3 processes.trace-first processes.read-memory
      processes.write-memory processes.steal-descriptor kernel.perf kernel.userfault kernel.io-uring kernel.keyring
      kernel.add-key kernel.request-key kernel.handle kernel.handle-name kernel.clock kernel.randomisation
      kernel.fanotify kernel.secret-memory network.socket-vsock network.socket-netfilter network.socket-audit
      network.socket-udplite`),
  },
  {
    name: 'without any filter',
    run: options(weaker.without('--seccomp', '4')),
    through: ['privileges.run-without-filter'],
  },
  {
    name: 'with every capability',
    run: profile(weaker.CAPABILITIES),
    through: ['privileges.hold-capabilities'],
  },
  {
    name: 'with uid 0 inside',
    run: profile(weaker.ROOT),
    through: ['privileges.be-root', 'privileges.become-root', 'privileges.give-file-to-root'],
  },
  {
    name: 'with user namespaces to make, every capability, uid 0 and no filter',
    run: profile(weaker.ALMIGHTY),
    through:
      words(`privileges.set-file-capability privileges.make-user-namespace privileges.make-network-namespace
      privileges.enter-namespace privileges.mount privileges.unmount-mask privileges.new-mount-calls
      privileges.clone-mount-tree privileges.make-mount-writable privileges.change-root privileges.pivot-root
      network.socket-packet network.socket-xdp network.socket-raw`),
  },
  {
    name: 'with the network of the host',
    run: options(weaker.without('--unshare-net')),
    through: words(`network.host-service network.host-datagram network.abstract-socket network.interfaces
      network.route-to-metadata network.route-to-internet network.route-to-private network.route-to-home`),
  },
  {
    name: 'with the network of the host and a resolver',
    run: options(
      weaker.without('--unshare-net'),
      weaker.showing('--ro-bind', '/etc/resolv.conf', '/etc/resolv.conf'),
    ),
    through: ['network.names'],
  },
  {
    name: 'with the processes of the host',
    run: profile(weaker.SHARED_PROCESSES),
    through: ['processes.see-others', 'processes.read-bystander', 'processes.signal-bystander'],
  },
  {
    name: 'with the name of the host',
    run: options(weaker.without('--unshare-uts'), weaker.without('--hostname', 'airlock')),
    through: ['processes.host-name'],
  },
  {
    name: 'with the environment of the server',
    run: profile(weaker.ENVIRONMENT),
    through: ['leaks.environment', 'leaks.environment-of-first'],
  },
  { name: 'with a descriptor of the server', run: profile(weaker.INHERITED), through: ['leaks.descriptors'] },
  {
    name: 'with a root that stays writable',
    run: options(weaker.without('--remount-ro', '/')),
    through: words(
      'files.create-in-root files.create-in-run files.create-in-home files.create-in-var files.create-in-opt',
    ),
  },
  {
    name: 'with an /etc that can be written',
    run: options(weaker.showing('--tmpfs', '/etc')),
    through: ['files.create-in-etc', 'files.change-etc-passwd', 'files.change-etc-hosts'],
  },
  {
    name: 'with a /dev that stays writable',
    run: options(weaker.without('--remount-ro', '/dev')),
    through: ['devices.create-in-dev'],
  },
  {
    name: 'with further devices',
    run: options(weaker.inPlaceOf(['--remount-ro', '/dev'], [...DEVICES, '--remount-ro', '/dev'])),
    through: words(`devices.open-mem devices.open-kmsg devices.open-kvm devices.open-fuse devices.open-vda
      devices.open-sda devices.open-nvme0n1 devices.open-net-tun devices.open-vsock devices.open-input
      devices.open-dri devices.open-loop0`),
  },
  {
    name: 'with settings that can be written, and a /sys',
    run: options(weaker.showing(...SETTINGS, '--tmpfs', '/sys/kernel')),
    through: words(
      'proc.write-sys-kernel-core_pattern proc.write-sys-kernel-hostname proc.write-sys-vm-overcommit_memory proc.sys-tree',
    ),
  },
  { name: 'without masks over /proc', run: options(weaker.NO_MASKS), through: ['proc.read-kallsyms'] },
  {
    name: 'with a workspace that is writable all over',
    run: options(weaker.writable((target) => target === '/workspace')),
    through: ['files.write-closed-workspace'],
  },
  {
    name: 'with sockets that can be replaced',
    run: { ...options(weaker.writable((target) => target === '/run/airlock')), lane: carelessLane },
    through: ['files.unlink-socket', 'files.replace-socket'],
  },
  {
    name: 'with a proxy that opens everything',
    run: { lane: carelessLane },
    through: words(`network.proxy-literal network.proxy-name network.proxy-integer network.proxy-octal
      network.proxy-short network.proxy-ipv6-mapped network.proxy-trailing-dot network.proxy-userinfo`),
  },
  {
    name: 'with directories of the host',
    run: options(
      weaker.inPlaceOf(['--symlink', '/tmp', '/var/tmp'], ['--bind', '/var/tmp', '/var/tmp']),
      weaker.showing(
        ...['/tmp', '/dev/shm', '/boot', '/mnt', '/srv', '/var/lib'].flatMap((path) => [
          '--bind',
          path,
          path,
        ]),
        ...[
          '--dir',
          '/root',
          '--dir',
          '/home/somebody/.ssh',
          '--dir',
          '/secret',
          '--ro-bind',
          '/etc',
          '/etc',
        ],
        ...['docker.sock', 'containerd', 'podman', 'dbus', 'systemd', 'user'].flatMap((name) => [
          ...['--dir', `/run/${name}`],
        ]),
        ...['--dir', '/var/run/docker.sock'],
      ),
    ),
    through: words(`files.find-etc-shadow files.find-root files.find-boot files.find-mnt files.find-srv
      files.find-var-lib files.find-var-run-docker-sock files.find-run-docker-sock files.find-run-containerd
      files.find-run-podman files.find-run-dbus files.find-run-systemd files.find-run-user files.read-host-secret
      files.read-host-through-proc files.find-neighbour files.find-own-workspace-outside network.path-socket
      leaks.accounts leaks.configuration left.file-in-tmp left.file-in-var-tmp left.file-in-dev-shm`),
  },
  {
    name: 'with limits that nobody reaches',
    run: { ...options(weaker.LARGE_SHARED_MEMORY), around: weaker.generous },
    through:
      words(`limits.memory limits.memory-of-many limits.fill-tmp limits.fill-home-agent limits.fill-dev-shm
      limits.fill-workspace limits.fill-workspace-with-files limits.huge-file limits.open-files
      limits.many-processes limits.fork-bomb limits.time limits.output`),
  },
  {
    name: 'where nothing ends with its sandbox',
    run: { bubblewrap: weaker.NOTHING_ENDS },
    through: [
      'left.daemon',
      'left.nohup',
      'left.double-fork',
      'left.open-output',
      'left.deaf',
      'left.zombies',
    ],
  },
  {
    name: 'with a host that takes a workspace for a repository',
    run: { lab: { take: takeCarelessly } },
    through: words(`import.fsmonitor import.hooks import.filters import.drivers import.helpers
      import.included-configuration import.nested-repository import.symlink-to-file import.symlink-to-directory
      import.symlink-in-path import.worktree import.links-that-leave import.look-alikes import.submodule
      import.special-files import.odd-modes import.large-file import.hostile-names`),
  },
]

function words(text: string): readonly string[] {
  return text.split(/\s+/)
}
