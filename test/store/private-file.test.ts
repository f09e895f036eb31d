import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { changePrivateFile, readPrivateFile } from '#store/private-file.ts'

const MODULE = resolve(import.meta.dirname, '../../src/store/private-file.ts')

let directory: string
let file: string
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'airlock-private-'))
  file = join(directory, 'list')
})
afterEach(() => rm(directory, { recursive: true, force: true }))

/** Adds ten lines, one change each, in a process of its own. */
async function addInProcess(name: string): Promise<number> {
  const program = `
    const { changePrivateFile } = await import(${JSON.stringify(MODULE)})
    for (let line = 0; line < 10; line += 1)
      await changePrivateFile(${JSON.stringify(file)}, (text = '') => text + '${name}' + line + '\\n')`
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
    cwd: resolve(MODULE, '../../..'),
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const [code] = await once(child, 'exit')
  return code
}

test('processes that change a file at once lose nothing of each other', async () => {
  expect(await Promise.all(['a', 'b', 'c', 'd'].map(addInProcess))).toEqual([0, 0, 0, 0])
  const lines = (await readPrivateFile(file))?.trim().split('\n').toSorted()
  const expected = ['a', 'b', 'c', 'd'].flatMap((name) => [...'0123456789'].map((line) => name + line))
  expect(lines).toEqual(expected)
  expect([await readdir(directory), (await stat(file)).mode & 0o777]).toEqual([['list'], 0o600])
})

test('the lock of a process that is gone holds nobody up', async () => {
  const gone = spawn(process.execPath, ['--version'], { stdio: 'ignore' })
  await once(gone, 'exit')
  await writeFile(`${file}.lock`, `${gone.pid}`)
  await changePrivateFile(file, () => 'new')
  expect([await readPrivateFile(file), await readdir(directory)]).toEqual(['new', ['list']])
})

test('a change that throws leaves the file as it is, and open to the next', async () => {
  await changePrivateFile(file, () => 'old')
  await expect(
    changePrivateFile(file, () => {
      throw new Error('no')
    }),
  ).rejects.toThrow('no')
  await changePrivateFile(file, (text) => `${text} and new`)
  expect(await readPrivateFile(file)).toBe('old and new')
})
