import { alone, call, inside, mustBeRefused } from '../attacks.ts'
import { gotThrough, type LabCase, stopped } from '../lab-case.ts'

const group = 'other processes'

export const PROCESS_CASES: readonly LabCase[] = [
  {
    id: 'processes.see-others',
    group,
    tries: 'list the processes of the host',
    stops: 'a pid namespace of its own',
    attack: inside('shell', ['ls /proc | grep -E "^[0-9]+$" | wc -l'], (outcome) =>
      'done' in outcome && Number(outcome.done) <= 12
        ? stopped(`${outcome.done} of its own`)
        : gotThrough('done' in outcome ? `${outcome.done} processes` : outcome.refused),
    ),
  },
  {
    id: 'processes.read-bystander',
    group,
    tries: 'find a process of the same user outside by its number',
    stops: 'a pid namespace of its own',
    attack: inside('shell that finds', (scene) => [
      `tr "\\0" " " < /proc/${scene.bystander}/cmdline | grep "sleep 300"`,
    ]),
  },
  {
    id: 'processes.signal-bystander',
    group,
    tries: 'kill a process of the same user outside',
    stops: 'a pid namespace of its own: the number means nobody, or itself',
    attack: inside(
      'shell',
      (scene) => [`kill -TERM ${scene.bystander}; sleep 0.2`],
      (_outcome, scene) =>
        scene.bystanderLives() ? stopped('nobody of that number') : gotThrough('the process outside is dead'),
    ),
  },
  {
    id: 'processes.trace-first',
    group,
    tries: 'trace the first process of the sandbox, which would hang it for ever',
    stops: 'seccomp refuses ptrace',
    attack: call('ptrace', 0x4206, 1, 0, 0),
  },
  {
    id: 'processes.end-first',
    group,
    tries: 'stop or kill the first process of the sandbox, whom the host waits for',
    stops: 'the kernel lets no process of a pid namespace signal its first one',
    attack: alone('kill -STOP 1; kill -KILL 1; sleep 0.2; echo alive', ({ ending, stdout }) =>
      ending.cause === 'exited' && stdout === 'alive\n'
        ? stopped('nothing happened')
        : gotThrough(`it ended: ${ending.cause.replaceAll('_', ' ')}`),
    ),
  },
  {
    id: 'processes.read-memory',
    group,
    tries: "read another process's memory",
    stops: 'seccomp refuses process_vm_readv',
    attack: call('process_vm_readv', 1, 0, 0, 0, 0, 0),
  },
  {
    id: 'processes.write-memory',
    group,
    tries: "write another process's memory",
    stops: 'seccomp refuses process_vm_writev',
    attack: call('process_vm_writev', 1, 0, 0, 0, 0, 0),
  },
  {
    id: 'processes.steal-descriptor',
    group,
    tries: 'take a descriptor out of another process',
    stops: 'seccomp refuses pidfd_getfd',
    attack: call('pidfd_getfd', -1, 0, 0),
  },
  {
    id: 'processes.shared-memory',
    group,
    tries: 'find shared memory or message queues of others',
    stops: 'an ipc namespace of its own',
    attack: inside('shell that finds', [
      'for f in shm msg sem; do tail -n +2 /proc/sysvipc/$f; done 2>/dev/null | head -5',
    ]),
  },
  {
    id: 'processes.host-name',
    group,
    tries: 'learn the name of the host',
    stops: 'a uts namespace of its own',
    attack: inside('read', ['/proc/sys/kernel/hostname'], (outcome, scene) => {
      if (!('done' in outcome)) return mustBeRefused(outcome)
      const name = outcome.done.trim()
      return name === scene.hostName ? gotThrough(name) : stopped(`it is called ${name} inside`)
    }),
  },
]
