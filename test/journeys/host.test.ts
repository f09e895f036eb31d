import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Journey, refusal, startJourney } from '#test/support/journey.ts'

let journey: Journey
beforeAll(async () => {
  journey = await startJourney()
})
afterAll(() => journey.close())

test('a port that was asked for and is taken is refused; the database is stopped again', async () => {
  const other = createServer()
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
  const address = other.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const { exit, err } = await journey.airlock('serve', '--port', `${port}`)
  other.close()
  expect({ exit, err }).toMatchObject({ exit: 11, err: expect.stringContaining('port_taken') })
  const server = await journey.serve()
  expect(await server.stop()).toBe(0)
})

test('a file of settings that cannot be read is refused; the server does not stay', async () => {
  mkdirSync(journey.dataDirectory, { mode: 0o711, recursive: true })
  const prices = join(journey.dataDirectory, 'prices.json')
  writeFileSync(prices, '{"x": 1}')
  const { exit, err } = await journey.airlock('serve')
  rmSync(prices)
  expect({ exit, err }).toMatchObject({ exit: 2, err: expect.stringContaining('invalid_configuration') })
})

test.runIf(process.getuid?.() === 0)(
  'a repository that does not fit on the disk is refused with that cause',
  async () => {
    const repositories = join(journey.dataDirectory, 'repositories')
    mkdirSync(repositories, { recursive: true, mode: 0o700 })
    chmodSync(journey.dataDirectory, 0o711)
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=2m,mode=700', 'tmpfs', repositories])
    try {
      const server = await journey.serve()
      journey.git('checkout', '-q', '-b', 'large')
      writeFileSync(join(journey.clone, 'large.bin'), randomBytes(5_000_000))
      journey.git('add', '-A')
      journey.git('commit', '-q', '-m', 'Large')
      journey.git('push', '-q', 'origin', 'large')
      expect(refusal(await server.client.createProject({ url: journey.remote }))).toMatchObject({
        code: 'disk_full',
      })
      await server.stop()
    } finally {
      execFileSync('umount', ['-l', repositories])
    }
  },
)
