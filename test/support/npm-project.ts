import { execFile } from 'node:child_process'
import { lookup } from 'node:dns/promises'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { isPublicAddress } from '#gateway/egress/address-policy.ts'
import { plainGit } from './git-fixture.ts'

const exec = promisify(execFile)
const REGISTRY = 'registry.npmjs.org'

/** A published package as its developers have it: a clone, and the bare remote it came from. */
export interface NpmProject {
  readonly clone: string
  readonly remote: string
}

/** Makes a repository from the tarball of one published version, which must hold sources and tests. */
export async function npmProject(directory: string, spec: string): Promise<NpmProject> {
  const place = join(directory, spec.replaceAll(/[^a-z0-9.-]/g, '-'))
  const [clone, remote] = [join(place, 'clone'), join(place, 'remote.git')]
  mkdirSync(clone, { recursive: true })
  const { stdout } = await exec('npm', ['pack', spec, '--silent', '--pack-destination', place])
  await exec('tar', ['-xzf', join(place, stdout.trim()), '-C', clone, '--strip-components', '1'])
  plainGit(place, 'init', '-q', '--bare', '-b', 'main', remote)
  plainGit(clone, 'init', '-q', '-b', 'main')
  plainGit(clone, 'remote', 'add', 'origin', remote)
  plainGit(clone, 'add', '-A')
  plainGit(clone, 'commit', '-q', '-m', spec)
  plainGit(clone, 'push', '-q', 'origin', 'main')
  return { clone, remote }
}

/** Why no package can be fetched from here; undefined when one can. */
export async function registryObstacle(): Promise<string | undefined> {
  try {
    await exec('npm', ['view', 'is-number', 'version', '--silent'], { timeout: 20_000 })
    return undefined
  } catch {
    return `${REGISTRY} cannot be reached from here`
  }
}

/** The networks an administrator of this host has to name so that setup reaches the registry: none on the open internet. */
export async function registryNetworks(): Promise<string[]> {
  const addresses = await lookup(REGISTRY, { all: true })
  return addresses
    .filter(({ address }) => !isPublicAddress(address))
    .map(({ address, family }) => `${address}/${family === 6 ? 128 : 32}`)
}
