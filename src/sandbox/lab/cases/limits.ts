import type { EndCause } from '../../driver.ts'
import { alone, callRefused, inside } from '../attacks.ts'
import { gotThrough, type LabCase, type Ran, stopped, type Verdict } from '../lab-case.ts'

const group = 'limits'
const MiB = 1024 * 1024
const CHARGED = 'it lies in memory, has a size of its own, and is charged to the sandbox'

/** Every bomb is small and ends by itself: without any limit the host would feel it for seconds, and hardly. */
export const LIMIT_CASES: readonly LabCase[] = [
  {
    id: 'limits.memory',
    group,
    tries: 'use 190 MiB of memory where 64 are allowed',
    stops: 'the limit of memory of its cgroup, else of each process',
    attack: alone(
      'head -c 200m /dev/zero | tail -c 190m | wc -c',
      (ran) => unlessSaid(ran, /^199229440$/m, 'it used 190 MiB'),
      { memory: 64 * MiB },
    ),
  },
  {
    id: 'limits.memory-of-many',
    group,
    tries: 'use 200 MiB in four processes where 64 are allowed, 50 in each',
    stops: 'the limit of memory of its cgroup',
    attack: alone(
      'for i in 1 2 3 4; do (head -c 60m /dev/zero | tail -c 50m | (sleep 2; wc -c)) & done; wait',
      (ran) => unlessSaid(ran, /^(52428800\n){4}/, 'it used 200 MiB'),
      { memory: 64 * MiB },
    ),
  },
  ...['/tmp', '/home/agent', '/dev/shm'].map(
    (place): LabCase => ({
      id: `limits.fill-${place.slice(1).replaceAll('/', '-')}`,
      group,
      tries: `fill ${place} with 150 MiB`,
      stops: CHARGED,
      attack: alone(
        `cd ${place} && head -c 50m /dev/zero > a && head -c 50m /dev/zero > b && head -c 50m /dev/zero > c && echo filled`,
        (ran) => unlessSaid(ran, /^filled$/m, '150 MiB were written'),
        { memory: 96 * MiB },
      ),
    }),
  ),
  {
    id: 'limits.fill-workspace',
    group,
    tries: 'fill the disk of the host through its workspace',
    stops: 'the host watches how much the workspace holds',
    attack: alone('head -c 48m /dev/zero > big && sleep 7', ended('disk_exhausted'), {
      workspaceDisk: 16 * MiB,
    }),
  },
  {
    id: 'limits.fill-workspace-with-files',
    group,
    tries: 'use up the inodes of the host with empty files',
    stops: 'the host watches how many files the workspace holds',
    attack: alone('seq 3000 | xargs touch && sleep 7', ended('disk_exhausted'), { workspaceFiles: 1000 }),
  },
  {
    id: 'limits.nest-directories',
    group,
    tries: 'nest directories deeper than a path can name, which breaks tools that walk trees',
    stops: 'the host notices that it cannot measure the workspace',
    attack: alone(
      'i=0; while [ $i -lt 500 ]; do mkdir aaaaaaaaaaaaaaaaaaaa && cd -P aaaaaaaaaaaaaaaaaaaa || break; i=$((i+1)); done; sleep 7',
      ended('disk_exhausted'),
      { workspaceFiles: 5000 },
    ),
  },
  {
    id: 'limits.huge-file',
    group,
    tries: 'make a sparse file of a tebibyte',
    stops: 'the limit of the size of a file',
    attack: alone('truncate -s 1T sparse && echo made', (ran) => unlessSaid(ran, /^made$/m, 'it was made')),
  },
  {
    id: 'limits.open-files',
    group,
    tries: 'open five thousand files',
    stops: 'the limit of open files',
    attack: inside('hoard descriptors', [5_000]),
  },
  {
    id: 'limits.raise-open-files',
    group,
    tries: 'raise the limit of open files',
    stops: 'a hard limit is raised by a capability only',
    attack: callRefused('prlimit64', 0, 7, `${u64(1 << 20)}${u64(1 << 20)}`, 0),
  },
  {
    id: 'limits.many-processes',
    group,
    tries: 'start two hundred processes where forty are allowed',
    stops: 'the limit of processes',
    attack: alone(
      'i=0; while [ $i -lt 200 ]; do sleep 4 & i=$((i+1)); done; echo all',
      (ran) => unlessSaid(ran, /^all$/m, 'two hundred processes'),
      { processes: 40 },
    ),
  },
  {
    id: 'limits.fork-bomb',
    group,
    tries: 'let processes double, nine times',
    stops: 'the limit of processes',
    attack: alone(
      'b() { if [ $1 = 0 ]; then sleep 1; else b $(($1-1)) & b $(($1-1)) & wait; fi; }; b 9; echo over',
      ({ ending, stderr }) =>
        /fork/i.test(stderr) || ending.cause !== 'exited'
          ? stopped(ending.cause === 'exited' ? 'cannot fork' : words(ending.cause))
          : gotThrough('a thousand processes'),
      { processes: 60, seconds: 10 },
    ),
  },
  {
    id: 'limits.processor',
    group,
    tries: 'use a whole processor where a quarter is allowed',
    stops: 'the quota of its cgroup',
    attack: alone(
      'for i in 1 2; do timeout 2 sh -c "while :; do :; done" & done; wait; times',
      ({ stdout, ending }) => {
        const used = secondsIn(stdout)
        const words = `${used.toFixed(1)} s of processor time in 2 s`
        if (ending.cause !== 'exited' || used === 0) return { status: 'unclear', what: ending.cause }
        return used > 1.2 ? gotThrough(words) : stopped(words)
      },
      { cpus: 0.25 },
    ),
  },
  {
    id: 'limits.time',
    group,
    tries: 'go on after its time, deaf to every signal that can be ignored',
    stops: 'the host kills it when the time is over',
    attack: alone(
      'trap "" TERM INT HUP QUIT; i=0; while [ $i -lt 60 ]; do sleep 0.1; i=$((i+1)); done',
      ended('timed_out'),
      {
        seconds: 1,
      },
    ),
  },
  {
    id: 'limits.output',
    group,
    tries: 'drown the host in output',
    stops: 'output is cut at its limit, and who goes on is ended',
    attack: alone('head -c 32m /dev/zero', ended('output_exhausted'), { outputBytes: 100_000 }),
  },
]

function unlessSaid({ ending, stdout }: Ran, sign: RegExp, what: string): Verdict {
  if (sign.test(stdout)) return gotThrough(what)
  return stopped(ending.cause === 'exited' ? 'refused by the kernel' : words(ending.cause))
}

function ended(cause: EndCause): (ran: Ran) => Verdict {
  return ({ ending }) =>
    ending.cause === cause ? stopped(words(cause)) : gotThrough(`it ended by itself: ${words(ending.cause)}`)
}

function words(cause: EndCause): string {
  return cause.replaceAll('_', ' ')
}

/** `times` prints minutes and seconds, user and system, of the shell and on a second line of its children. */
function secondsIn(times: string): number {
  const children = times.trim().split('\n').at(-1) ?? ''
  return [...children.matchAll(/(\d+)m([\d.]+)s/g)].reduce(
    (sum, [, minutes, seconds]) => sum + Number(minutes) * 60 + Number(seconds),
    0,
  )
}

function u64(value: number): string {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64LE(BigInt(value))
  return bytes.toString('latin1')
}
