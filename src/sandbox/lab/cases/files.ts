import { alone, inside } from '../attacks.ts'
import { gotThrough, type LabCase, stopped } from '../lab-case.ts'

const READ_ONLY_ROOT = 'the root and everything shown of the host are read-only mounts'
const NOT_MOUNTED = 'it is not mounted: nothing of the host exists inside but /usr and a made-up /etc'

const PLACES = [
  '/',
  '/usr',
  '/usr/bin',
  '/bin',
  '/lib',
  '/etc',
  '/run',
  '/home',
  '/var',
  '/opt',
  '/opt/airlock/lab',
]
const FILES = ['/etc/passwd', '/etc/hosts', '/usr/bin/env', '/opt/airlock/lab/verbs.ts']
const HIDDEN = [
  '/etc/shadow',
  '/etc/ssh',
  '/root',
  '/boot',
  '/mnt',
  '/srv',
  '/var/lib',
  '/var/run/docker.sock',
  '/run/docker.sock',
  '/run/containerd',
  '/run/podman',
  '/run/dbus',
  '/run/systemd',
  '/run/user',
]

const slug = (path: string) => (path === '/' ? 'root' : path.slice(1).replaceAll(/[/.]/g, '-'))

export const FILE_CASES: readonly LabCase[] = [
  ...PLACES.map(
    (path): LabCase => ({
      id: `files.create-in-${slug(path)}`,
      group: 'files',
      tries: `create a file in ${path}`,
      stops: READ_ONLY_ROOT,
      attack: inside('create', [`${path === '/' ? '' : path}/intruder`]),
    }),
  ),
  ...FILES.map(
    (path): LabCase => ({
      id: `files.change-${slug(path)}`,
      group: 'files',
      tries: `change ${path}`,
      stops: READ_ONLY_ROOT,
      attack: inside('append', [path]),
    }),
  ),
  ...HIDDEN.map(
    (path): LabCase => ({
      id: `files.find-${slug(path)}`,
      group: 'files',
      tries: `look at ${path}`,
      stops: NOT_MOUNTED,
      attack: inside('find', [path]),
    }),
  ),
  {
    id: 'files.read-host-secret',
    group: 'files',
    tries: 'read a file of the host by its full path',
    stops: NOT_MOUNTED,
    attack: inside('read', (scene) => [scene.secretFile]),
  },
  {
    id: 'files.read-host-through-proc',
    group: 'files',
    tries: 'read a file of the host through the root directory of the first process',
    stops: 'the first process lives in the same mount namespace',
    attack: inside('read', (scene) => [`/proc/1/root${scene.secretFile}`]),
  },
  {
    id: 'files.find-neighbour',
    group: 'files',
    tries: "look at another task's workspace",
    stops: 'each sandbox has its own workspace mounted, and no other',
    attack: inside('find', (scene) => [scene.neighbour]),
  },
  {
    id: 'files.find-own-workspace-outside',
    group: 'files',
    tries: 'walk from the workspace up to the directory of the host that holds it',
    stops: '.. of a mount point is the root of the sandbox',
    attack: inside('shell that finds', ['cd /workspace/../ && ls -d neighbour secret trap 2>/dev/null']),
  },
  {
    id: 'files.unlink-socket',
    group: 'files',
    tries: 'remove the socket of the gateway',
    stops: 'the directory with the sockets is a read-only mount',
    attack: inside('unlink', ['/run/airlock/model.sock']),
  },
  {
    id: 'files.replace-socket',
    group: 'files',
    tries: 'move the socket of the gateway aside, to put its own there',
    stops: 'the directory with the sockets is a read-only mount',
    attack: inside('rename', ['/run/airlock/egress.sock', '/run/airlock/other']),
  },
  {
    id: 'files.write-closed-workspace',
    group: 'files',
    tries: 'write outside the directories that the scope of the task opens',
    stops: 'the rest of the workspace is a read-only mount',
    attack: alone(
      'touch /workspace/closed/intruder /workspace/intruder; mv /workspace/open /workspace/moved; ls /workspace /workspace/closed',
      ({ stdout }) =>
        /intruder|moved/.test(stdout) ? gotThrough('a file was written') : stopped('read-only file system'),
      {},
      ['open'],
    ),
  },
]
