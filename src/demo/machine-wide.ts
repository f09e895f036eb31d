import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'

/**
 * What a server of root makes once for every installation of a machine, as far as it is there. The demo leaves these:
 * another server may use them already.
 */
export async function machineWide(): Promise<readonly string[]> {
  const accounts = await readFile('/etc/passwd', 'utf8').catch(() => '')
  return [
    ...(accounts.includes('\nairlock-postgres:') ? ['the system user airlock-postgres'] : []),
    ...(existsSync('/var/cache/airlock') ? ['/var/cache/airlock'] : []),
  ]
}
