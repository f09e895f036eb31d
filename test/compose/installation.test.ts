import { randomBytes } from 'node:crypto'
import { chownSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { clearLeftovers, openInstallation } from '#compose/installation.ts'

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'airlock-installation-'))
})
afterEach(() => rmSync(root, { recursive: true }))

const at = (name: string) => join(root, name)
const open = (data: string, runtime: string) => openInstallation(at(data), at(runtime), randomBytes)

test('a runtime directory that is a link is refused, wherever it leads', async () => {
  mkdirSync(at('elsewhere'), { mode: 0o777 })
  symlinkSync(at('elsewhere'), at('run'))
  await expect(open('data', 'run')).rejects.toMatchObject({ failure: { rule: 'installation.owner' } })
})

test.runIf(process.getuid?.() === 0)('a directory that somebody else made first is refused', async () => {
  for (const taken of ['data', 'run']) {
    mkdirSync(at(taken))
    chownSync(at(taken), 65_534, 65_534)
    await expect(open('data', 'run')).rejects.toMatchObject({ failure: { rule: 'installation.owner' } })
    rmSync(at(taken), { recursive: true })
  }
})

test('a data directory of our own may be reached through a link', async () => {
  mkdirSync(at('disk'))
  symlinkSync(at('disk'), at('data'))
  const { evidence } = await open('data', 'run')
  expect(statSync(evidence).mode & 0o777).toBe(0o700)
})

test('what a killed server had half unpacked is cleared away by the next one', async () => {
  const installation = await open('data', 'run')
  for (const name of ['image-x/root', 'import-x', 'shown-x', 'pipes-x'])
    mkdirSync(join(installation.scratch, name), { recursive: true })
  await clearLeftovers(installation)
  expect(readdirSync(installation.scratch)).toEqual(['pipes-x'])
  expect(statSync(installation.images).mode & 0o077).toBe(process.getuid?.() === 0 ? 0o011 : 0)
})
