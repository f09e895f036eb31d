import { execFileSync } from 'node:child_process'
import { copyFile, mkdir, readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'

const PINNED = join(import.meta.dirname, '../peers')
const INSTALLED = join(import.meta.dirname, '../../.cache/peers')

/**
 * Installs what Airlock is measured against, as bench/peers pins it, into the cache of the checkout, and returns how to
 * find a file of it: `(await peers()).resolve('secretlint/package.json')`.
 */
export async function peers(): Promise<NodeJS.Require> {
  const lock = await readFile(join(PINNED, 'package-lock.json'), 'utf8')
  const installed = await readFile(join(INSTALLED, 'installed-lock.json'), 'utf8').catch(() => '')
  if (installed !== lock) {
    console.log('installing the peers of the benchmarks …')
    await mkdir(INSTALLED, { recursive: true })
    for (const name of ['package.json', 'package-lock.json'])
      await copyFile(join(PINNED, name), join(INSTALLED, name))
    execFileSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
      cwd: INSTALLED,
      stdio: ['ignore', 'ignore', 'inherit'],
    })
    await copyFile(join(PINNED, 'package-lock.json'), join(INSTALLED, 'installed-lock.json'))
  }
  return createRequire(join(INSTALLED, 'package.json'))
}
