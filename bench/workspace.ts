/**
 * How long a task waits for its own writable copy of a repository: of 150 files and of 20,000, through Airlock's
 * workspaces, and by the cheapest safe way there is on this host done by hand: an overlay mounted by root, or a full
 * copy where that is not permitted. (Hard links are cheaper still, and let an agent write into the host's repository.)
 *
 *     node bench/workspace.ts [rounds]
 */
import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { createWorkspaces } from '#sandbox/workspace/workspaces.ts'
import { report } from './rig/table.ts'
import { at } from './rig/timing.ts'

const exec = promisify(execFile)
const AIM = 1.2
const rounds = Number(process.argv[2] ?? 60)
const mounted: string[] = []
const root = await mkdtemp(join(tmpdir(), 'airlock-bench-'))
await chmod(root, 0o711)
const owner = process.getuid?.() === 0 ? { uid: 1_900_000_007, gid: 1_900_000_007 } : undefined
const workspaces = await createWorkspaces({
  directory: join(root, 'workspaces'),
  ...(owner === undefined ? {} : { owner }),
  random: randomBytes,
})
try {
  for (const files of [150, 20_000]) await compare(files)
} finally {
  await workspaces.close()
  for (const directory of mounted) await exec('umount', ['--', directory])
  await rm(root, { recursive: true, force: true })
}

async function compare(files: number): Promise<void> {
  const tree = join(root, `tree-${files}`)
  await fill(tree, files)
  const pristine = await workspaces.pristine(`bench-${files}`, async (directory) => {
    await fill(directory, files)
    return true
  })
  if (pristine === undefined) throw new Error('there is no pristine')
  const ours: number[] = []
  const byHand: number[] = []
  const copies = workspaces.method === 'copy'
  for (let round = -2; round < (copies ? Math.min(rounds, 5) : rounds); round++) {
    const start = performance.now()
    const workspace = await workspaces.copyOf(pristine)
    const made = performance.now()
    await (copies ? copyByHand(tree) : overlayByHand(tree))
    const done = performance.now()
    await workspaces.remove(workspace)
    if (round < 0) continue // warming up
    ours.push(made - start)
    byHand.push(done - made)
  }
  const ratio = at(ours, 0.5) / at(byHand, 0.5)
  const to = copies ? 'cp -a' : 'mount -t overlay by hand'
  console.log(
    `${files} files: workspace ${at(ours, 0.5).toFixed(1)} ms, ${to} ${at(byHand, 0.5).toFixed(1)} ms; ratio ${ratio.toFixed(2)} (aim: at most ${AIM})`,
  )
  report({ what: `workspace of ${files} files`, ratio, to, aim: `at most ${AIM}`, met: ratio <= AIM })
}

async function overlayByHand(lower: string): Promise<void> {
  const place = await mkdtemp(join(root, 'overlay-'))
  const [upper, work, merged] = ['upper', 'work', 'merged'].map((name) => join(place, name)) as [
    string,
    string,
    string,
  ]
  for (const directory of [upper, work, merged]) await mkdir(directory)
  const options = `nosuid,nodev,volatile,lowerdir=${lower},upperdir=${upper},workdir=${work}`
  await exec('mount', ['-t', 'overlay', 'bench', '-o', options, merged])
  mounted.push(merged)
}

async function copyByHand(tree: string): Promise<void> {
  await exec('cp', ['-a', tree, await mkdtemp(join(root, 'copy-'))])
}

async function fill(directory: string, files: number): Promise<void> {
  for (let index = 0; index < files; index++) {
    const folder = join(directory, `${Math.floor(index / 100)}`)
    if (index % 100 === 0) await mkdir(folder, { recursive: true })
    await writeFile(join(folder, `${index}.js`), `export const value = ${index}\n`.repeat(20))
  }
}
