import { chown, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Workspace } from '../workspace/workspaces.ts'
import { gotThrough, type LabCase, type Verdict } from './lab-case.ts'
import { LAB_LIMITS, play, type Stage } from './stage.ts'

type AttackOf<Kind extends LabCase['attack']['kind']> = Extract<LabCase['attack'], { kind: Kind }>

/** A script in a sandbox of its own. */
export async function attackAlone(stage: Stage, attack: AttackOf<'alone'>): Promise<Verdict> {
  const { scene } = stage
  const source = await scene.workspace()
  for (const name of attack.writable ?? []) {
    await ownDirectory(stage, join(source, name))
    await ownDirectory(stage, join(source, 'closed'))
  }
  const ran = await play(stage, source, {
    command: ['/bin/sh', '-c', attack.script(scene)],
    workspace: { source, target: '/workspace', writable: attack.writable ?? 'all' },
    limits: { ...LAB_LIMITS, ...attack.limits },
  })
  if (ran.stdout.includes(scene.secret)) return gotThrough('it read a secret of the host')
  return attack.judge(ran, scene)
}

/** A script that prepares a workspace, and then the import of what it left. */
export async function attackImport(stage: Stage, attack: AttackOf<'import'>): Promise<Verdict> {
  const { scene, owner } = stage
  const path = await scene.workspace()
  const baseObjects = await scene.workspace()
  const ran = await play(stage, path, { phase: 'run', command: ['/bin/sh', '-c', attack.script(scene)] })
  const id = path.slice(path.lastIndexOf('/') + 1)
  const workspace: Workspace = { id, path, baseObjects, ...(owner === undefined ? {} : { owner }) }
  const taken = await stage.take(stage.driver, workspace, scene.root)
  return attack.judge(taken, scene, ran)
}

async function ownDirectory({ owner }: Stage, path: string): Promise<void> {
  await mkdir(path)
  if (owner !== undefined) await chown(path, owner.uid, owner.gid)
}
