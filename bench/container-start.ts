/**
 * How long it takes until a command in a container says its first word: through the driver and its runner, and by a
 * plain `podman run` with the same bounds over the same image. Aim: at most 1.2 times. Starts a Podman of its own.
 *
 *     node bench/container-start.ts [rounds]
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { SandboxSpec } from '#sandbox/driver.ts'
import { DEFAULT_LIMITS } from '#sandbox/limits.ts'
import { type ContainerRig, containerRig } from '#test/sandbox/container-rig.ts'
import { report } from './rig/table.ts'
import { at, timed } from './rig/timing.ts'

const AIM = 1.2
const rounds = Number(process.argv[2] ?? 25)
const rig = await containerRig()
try {
  const footing = await rig.driver.footing()
  if (!footing.ok) throw new Error(footing.failure.message)
  const workspace = await rig.directory()
  const times = {
    podman: [] as number[],
    driver: [] as number[],
    podmanEnd: [] as number[],
    driverEnd: [] as number[],
  }
  for (let round = -2; round < rounds; round++) {
    const plain = await timed((onOutput) => podmanRun(rig, footing.value.image, workspace, onOutput))
    const ours = await timed(async (onOutput) => {
      const started = await rig.driver.start({ ...specFor(workspace), id: `sbx_${round + 2}`, onOutput })
      if (!started.ok) throw new Error(started.failure.message)
      return (await started.value.ended()).exitCode
    })
    if (round < 0) continue // warming up
    times.podman.push(plain.first)
    times.driver.push(ours.first)
    times.podmanEnd.push(plain.end)
    times.driverEnd.push(ours.end)
  }
  print(times)
} finally {
  await rig.close()
}

function print(times: Readonly<Record<'podman' | 'driver' | 'podmanEnd' | 'driverEnd', number[]>>): void {
  const line = (name: string, values: number[]) =>
    console.log(
      `${name.padEnd(22)} median ${at(values, 0.5).toFixed(0)} ms   p95 ${at(values, 0.95).toFixed(0)} ms`,
    )
  line('podman run', times.podman)
  line('driver', times.driver)
  line('podman run, to the end', times.podmanEnd)
  line('driver, to the end', times.driverEnd)
  const ratio = at(times.driver, 0.5) / at(times.podman, 0.5)
  console.log(`ratio of the medians ${ratio.toFixed(2)} (aim: at most ${AIM})`)
  report({
    what: 'container, start to first word',
    ratio,
    to: 'podman run, same bounds',
    aim: `at most ${AIM}`,
    met: ratio <= AIM,
  })
}

async function podmanRun(
  { engine, user }: ContainerRig,
  image: string,
  workspace: string,
  onOutput: () => void,
): Promise<number> {
  const { memory, cpus, processes, openFiles } = DEFAULT_LIMITS
  const child = spawn(
    '/usr/bin/podman',
    [
      ...engine.place,
      ...[
        'run',
        '--rm',
        '--init',
        '--network',
        'none',
        '--read-only',
        '--ipc',
        'private',
        '--log-driver',
        'none',
      ],
      ...['--cap-drop', 'ALL', '--security-opt', 'no-new-privileges', '--user', `${user.uid}:${user.gid}`],
      ...['--memory', `${memory}`, '--memory-swap', `${memory}`, '--cpus', `${cpus}`],
      ...['--pids-limit', `${processes}`, '--ulimit', `nofile=${openFiles}`, '--ulimit', 'nproc=4096'],
      ...['--volume', '/usr:/usr:ro', '--volume', `${workspace}:/workspace`, '--workdir', '/workspace'],
      ...[image.replace('sha256:', ''), 'echo', 'ready'],
    ],
    { cwd: engine.root, stdio: ['ignore', 'pipe', 'inherit'] },
  )
  child.stdout.on('data', onOutput)
  const [code] = await once(child, 'close')
  return code
}

function specFor(workspace: string): SandboxSpec {
  return {
    id: 'sbx_bench',
    phase: 'check',
    command: ['echo', 'ready'],
    workingDirectory: '/workspace',
    environment: { PATH: '/usr/bin:/bin' },
    workspace: { source: workspace, target: '/workspace', writable: 'all' },
    mounts: [],
    limits: DEFAULT_LIMITS,
  }
}
