import {
  chmodSync,
  chownSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { copyWorkspace } from '#sandbox/workspace/copy-workspace.ts'
import { OWNER, root } from './import-rig.ts'

const NOBODY = 65_534

async function places() {
  const home = await root()
  const at = (name: string) => join(home, name)
  for (const name of ['scratch', 'closed', 'closed/source', 'closed/source/x', 'secret']) mkdirSync(at(name))
  chmodSync(at('scratch'), 0o711)
  writeFileSync(at('closed/source/x/own'), 'theirs')
  writeFileSync(at('secret/file'), 'of root')
  return at
}

test('a copy holds what the directory holds, links as links', async () => {
  const at = await places()
  symlinkSync('/etc/passwd', at('closed/source/link'))
  const copy = await copyWorkspace(at('scratch'), at('closed/source'), OWNER)
  expect(readdirSync(copy.path).sort()).toEqual(['link', 'x'])
  expect(readFileSync(join(copy.path, 'x/own'), 'utf8')).toBe('theirs')
  await copy.remove()
  expect(readdirSync(at('scratch'))).toEqual([])
})

test.runIf(process.geteuid?.() === 0)(
  "root copies another user's directory with that user's rights, wherever its links lead while it does",
  async () => {
    const at = await places()
    chmodSync(at('secret'), 0o700)
    for (const name of ['closed/source', 'closed/source/x', 'closed/source/x/own'])
      chownSync(at(name), NOBODY, NOBODY)
    // Not even the way there is open to them.
    chmodSync(at('closed'), 0o700)
    const copy = await copyWorkspace(at('scratch'), at('closed/source'), OWNER)
    expect(readFileSync(join(copy.path, 'x/own'), 'utf8')).toBe('theirs')
    await copy.remove()

    // What such an exchange comes to, once it has happened.
    mkdirSync(at('closed/source/of-root'), { mode: 0o700 })
    writeFileSync(at('closed/source/of-root/file'), 'of root')
    await expect(copyWorkspace(at('scratch'), at('closed/source'), OWNER)).rejects.toThrow(
      'rights of its owner',
    )
    expect(readdirSync(at('scratch'))).toEqual([])
  },
)
