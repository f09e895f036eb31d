import { afterEach, beforeEach, expect, test } from 'vitest'
import { SMALL, specOf } from '#test/port-suites/sandbox-specs.ts'
import { type BubblewrapRig, bubblewrapRig } from '#test/sandbox/bubblewrap-rig.ts'
import { directoriesNamed, read } from '#test/support/host-view.ts'

let rig: BubblewrapRig
beforeEach(async () => {
  rig = await bubblewrapRig()
})
afterEach(() => rig.close())

/** bwrap joins its cgroups while it builds the sandbox: this looks at the very first word of the inside. */
test('the first word of the inside is said by a process that every limit holds', async () => {
  const workspace = await rig.directory()
  for (let round = 0; round < 25; round++) {
    const word = Promise.withResolvers<void>()
    const spec = specOf(workspace, ['sh', '-c', 'echo here; exec sleep 1000'])
    const started = await rig.driver.start({ ...spec, limits: SMALL, onOutput: () => word.resolve() })
    if (!started.ok) throw new Error(started.failure.message)
    await word.promise
    const held = directoriesNamed('/sys/fs/cgroup', `airlock-${rig.options.prefix}-${spec.id}`).map(
      (directory) => read(`${directory}/cgroup.procs`).split('\n').filter(Boolean).sort(),
    )
    await started.value.kill()
    expect(held.length).toBeGreaterThan(0)
    // bwrap, the first process of the inside, and the command
    expect(held.map((processes) => processes.length)).toEqual(held.map(() => 3))
    expect(new Set(held.map(String)).size).toBe(1)
  }
})
