import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { LAB_CASES } from '#sandbox/lab/lab-cases.ts'
import { type LabRig, labRig } from './lab-rig.ts'
import { without } from './weaker-profiles.ts'
import { WEAKNESSES } from './weaknesses.ts'

let lab: LabRig
beforeAll(async () => {
  lab = await labRig()
})
afterAll(() => lab.close())

describe('attacks get through', () => {
  for (const { name, run, through } of WEAKNESSES)
    test(name, async () => {
      const report = await lab.run({ ...run, wanted: (id) => through.includes(id) })
      expect(report.lines.filter(({ status }) => status !== 'got_through')).toEqual([])
      expect(report.lines.map(({ id }) => id).sort()).toEqual([...through].sort())
    })
})

test('the terminal of the server can be opened only from its session', () => {
  const program = `${process.execPath} ${join(import.meta.dirname, 'on-a-terminal.ts')}`
  const said = execFileSync('script', ['-qefc', program, '/dev/null'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  expect([...said.toString().matchAll(/verdict: (\w+)/g)].map(([, status]) => status)).toEqual([
    'stopped',
    'got_through',
  ])
})

test('shared memory of the host is found in its ipc namespace only', async () => {
  const [, segment = ''] = /: (\d+)/.exec(execFileSync('ipcmk', ['-M', '1']).toString()) ?? []
  try {
    const wanted = (id: string) => id === 'processes.shared-memory'
    const statusWith = async (testingOnlyWeaken: object) =>
      (await lab.run({ wanted, bubblewrap: { testingOnlyWeaken } })).lines.map(({ status }) => status)
    expect(await statusWith({})).toEqual(['stopped'])
    expect(await statusWith({ options: without('--unshare-ipc') })).toEqual(['got_through'])
  } finally {
    execFileSync('ipcrm', ['-m', segment])
  }
})

/** Why no weakness shows these to be real. */
const UNSHOWN: Readonly<Record<string, readonly string[]>> = {
  'they belong to root of the host, who has no number inside: a writable mount alone lets nobody in': [
    ...['usr', 'usr-bin', 'bin', 'lib', 'opt-airlock-lab'].map((name) => `files.create-in-${name}`),
    ...['files.change-usr-bin-env', 'files.change-opt-airlock-lab-verbs-ts', 'proc.write-sysrq-trigger'],
    ...['proc.read-kcore', 'proc.read-timer_list', 'proc.unlink-mask'],
  ],
  'the kernel wants a capability of the host for it, which no user namespace gives': [
    ...['proc.lower-oom-score', 'proc.lower-oom-score-of-first', 'privileges.be-more-important'],
    ...['privileges.be-real-time'],
    ...['devices.make-block-device', 'devices.make-character-device', 'devices.raise-io-rights'],
    ...['load-program', 'load-module', 'new-kernel', 'swap', 'kernel-log', 'accounting'].map(
      (name) => `kernel.${name}`,
    ),
    'limits.raise-open-files',
  ],
  'what there is to find, or to call, depends on the host': [
    ...['files.find-etc-ssh', 'proc.read-keys', 'kernel.foreign-instruction-set', 'kernel.unknown-call'],
    ...['crypto', 'bluetooth', 'can', 'sctp'].map((name) => `network.socket-${name}`),
  ],
  'bubblewrap has no switch for it': [
    ...[
      'privileges.gain-by-execution',
      'proc.write-self-uid_map',
      'proc.write-self-setgroups',
      'leaks.descriptors-of-first',
    ],
    'processes.end-first',
    ...['leaks.command-line-of-first', 'leaks.output-file', 'left.file-in-home-agent'],
  ],
  'it needs a server that runs sandboxes as root, which the driver refuses': ['left.set-user-id-file'],
  'no limit stops it but the watch itself, or the load of the host': [
    ...['limits.nest-directories', 'limits.processor'],
  ],
  'it needs a repository of the host with a secret in it, or a server that is not root': [
    ...['import.git-file', 'import.git-link', 'import.alternates', 'import.unreadable'],
  ],
}

test('every case is shown to be real, or says why it cannot be', () => {
  const all = LAB_CASES.map(({ id }) => id)
  const above = ['devices.open-terminal', 'processes.shared-memory']
  const shown = new Set([...above, ...WEAKNESSES.flatMap(({ through }) => through)])
  const told = Object.values(UNSHOWN).flat()
  expect(all.filter((id) => !shown.has(id) && !told.includes(id))).toEqual([])
  expect(told.filter((id) => shown.has(id) || !all.includes(id))).toEqual([])
})
