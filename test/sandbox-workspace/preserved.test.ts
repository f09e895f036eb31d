import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { statfs } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createPreserved } from '#sandbox/workspace/preserved.ts'
import { OWNER, root } from './import-rig.ts'

async function rig(more: { readonly leastFree?: number } = {}) {
  const home = await root()
  const directory = join(home, 'preserved')
  const source = join(home, 'source')
  mkdirSync(source)
  const preserved = createPreserved({
    directory,
    ...(OWNER === undefined ? {} : { owner: OWNER }),
    ...more,
    onProblem: (message, cause) => {
      throw new Error(message, { cause })
    },
  })
  return { directory, source, preserved }
}

test('a hostile workspace is copied as it is: links stay links, pipes are not read, set-user-ID bits are gone', async () => {
  const { source, preserved } = await rig()
  writeFileSync(join(source, 'tool'), '#!/bin/sh\n')
  chmodSync(join(source, 'tool'), 0o6755)
  symlinkSync('/etc/passwd', join(source, 'link'))
  execFileSync('mkfifo', [join(source, 'pipe')])
  await preserved.keep('kpt_a', source)
  const at = (name: string) => join(preserved.pathOf('kpt_a'), name)
  expect([readlinkSync(at('link')), lstatSync(at('pipe')).isFIFO()]).toEqual(['/etc/passwd', true])
  expect((lstatSync(at('tool')).mode & 0o7777).toString(8)).toBe('755')
  expect(lstatSync('/etc/passwd').isFile()).toBe(true)
  expect(await preserved.ids()).toEqual(['kpt_a'])
})

test('what was put aside is out of reach at once, and what is left of it or was never complete is swept', async () => {
  const { directory, source, preserved } = await rig()
  writeFileSync(join(source, 'file'), 'x')
  for (const id of ['kpt_a', 'kpt_b', 'kpt_c']) await preserved.keep(id, source)
  await preserved.putAside('kpt_a')
  await preserved.putAside('kpt_a')
  expect([existsSync(preserved.pathOf('kpt_a')), (await preserved.ids()).toSorted()]).toEqual([
    false,
    ['kpt_b', 'kpt_c'],
  ])
  for (const name of ['.draft-kpt_d', '.aside-kpt_e']) mkdirSync(join(directory, name))
  await preserved.sweep(['kpt_b'])
  expect(execFileSync('ls', ['-A', directory]).toString()).toBe('kpt_b\n')
  expect(readFileSync(join(preserved.pathOf('kpt_b'), 'file'), 'utf8')).toBe('x')
})

test('no copy takes the last of the disk', async () => {
  const free = await statfs(tmpdir())
  // What others do to the disk meanwhile is less.
  const leastFree = free.bavail * free.bsize - 500_000_000
  const { directory, source, preserved } = await rig({ leastFree })
  const hollow = join(source, 'hollow')
  execFileSync('truncate', ['--size', '4G', hollow])
  await preserved.keep('kpt_a', source)
  expect(lstatSync(join(preserved.pathOf('kpt_a'), 'hollow')).blocks).toBe(lstatSync(hollow).blocks)
  execFileSync('fallocate', ['--length', '1G', hollow])
  await expect(preserved.keep('kpt_b', source)).rejects.toMatchObject({ failure: { code: 'disk_full' } })
  expect(execFileSync('ls', ['-A', directory]).toString()).toBe('kpt_a\n')
})

test('a copy that fails leaves nothing behind', async () => {
  const { directory, source, preserved } = await rig()
  await expect(preserved.keep('kpt_a', join(source, 'absent'))).rejects.toThrow(/cp failed/)
  expect(execFileSync('ls', ['-A', directory]).toString()).toBe('')
})
