import { copyFile, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { digestOf } from '#kernel/bytes.ts'
import type { ReadOnlyMount } from '../driver.ts'
import { stageOnce } from '../stage.ts'

/** Where the programs of the attacker are seen inside. */
export const ATTACKER = '/opt/airlock/lab'

const PROGRAMS = ['attempt.ts', 'verbs.ts', 'calls.py', 'calls.pl']

/** Copies the programs that run inside to where the account of the sandboxes can read them. */
export async function stageAttacker(runtimeDirectory: string): Promise<ReadOnlyMount> {
  const source = join(import.meta.dirname, 'inside')
  const texts = await Promise.all(PROGRAMS.map((name) => readFile(join(source, name), 'utf8')))
  const name = `lab-${digestOf(texts.join('\0')).slice('sha256:'.length, 'sha256:'.length + 16)}`
  const staged = await stageOnce(runtimeDirectory, name, async (draft) => {
    await writeFile(join(draft, 'package.json'), '{ "type": "module" }\n')
    for (const program of PROGRAMS) await copyFile(join(source, program), join(draft, program))
  })
  return { source: staged, target: ATTACKER }
}
