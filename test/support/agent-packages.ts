import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { folderOf } from '#agents/package-shelf.ts'
import { packageNamed } from '#agents/packages.ts'
import { registryNetworks } from './npm-project.ts'

const exec = promisify(execFile)
const ROOT = resolve(import.meta.dirname, '../..')
const SHARED = join(tmpdir(), `airlock-test-agents-${process.getuid?.() ?? 0}`)

type Entry = Parameters<typeof folderOf>[0]

/**
 * Puts the tested versions of these agents where an installation has them. They are fetched by `airlock agents install`,
 * once a machine, and shared by all tests on it.
 */
export async function giveAgents(dataDirectory: string, ...names: readonly string[]): Promise<void> {
  const agents = join(dataDirectory, 'agents')
  await mkdir(agents, { recursive: true, mode: 0o711 })
  const entries = await Promise.all(names.map(fetched))
  // Links to the same files: a copy of each would fill the disk.
  for (const entry of entries) await exec('cp', ['-al', join(SHARED, folderOf(entry)), agents])
  const pins = Object.fromEntries(entries.map(({ name, version }) => [name, version]))
  const record = { version: 1, pins, installed: entries }
  await writeFile(join(agents, 'installed.json'), JSON.stringify(record), { mode: 0o600 })
}

/** The tested version of an agent as a sandbox sees it. */
export async function agentMount(name: string): Promise<{ source: string; target: string }> {
  const entry = await fetched(name)
  return { source: join(SHARED, folderOf(entry)), target: `/opt/airlock/agents/${name}` }
}

async function fetched(name: string): Promise<Entry> {
  const version = packageNamed(name)?.version ?? ''
  const record = join(SHARED, `${name}-${version}.json`)
  const known = await readFile(record, 'utf8').catch(() => undefined)
  if (known !== undefined && (await isThere(join(SHARED, folderOf(JSON.parse(known))))))
    return JSON.parse(known)
  await mkdir(SHARED, { recursive: true, mode: 0o711 })
  const home = await mkdtemp(join(SHARED, 'fetch-'))
  try {
    await writeFile(
      join(home, 'network.json'),
      JSON.stringify({ registryNetworks: await registryNetworks() }),
    )
    const { stdout } = await exec(
      process.execPath,
      [join(ROOT, 'src/main.ts'), 'agents', 'install', name, '--json'],
      { env: { PATH: process.env.PATH, HOME: home, AIRLOCK_HOME: home }, timeout: 180_000 },
    )
    const entry: Entry = JSON.parse(stdout)
    const place = join(SHARED, folderOf(entry))
    await rename(join(home, 'agents', folderOf(entry)), place).catch(async (error) => {
      if (!(await isThere(place))) throw error // otherwise another test was faster
    })
    await writeFile(record, JSON.stringify(entry))
    return entry
  } finally {
    await rm(home, { recursive: true, force: true })
  }
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  )
}
