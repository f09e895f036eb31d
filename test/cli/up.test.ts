import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { PLAIN } from '#cli/terminal/screen.ts'
import { ok } from '#kernel/result.ts'
import { aDesk, type Desk } from './desk.ts'

const LINK = 'http://localhost:7411/auth/invitation/org_x.secret'

let desk: Desk
let dataDirectory: string
beforeAll(async () => {
  desk = await aDesk()
  dataDirectory = await mkdtemp(join(tmpdir(), 'airlock-up-'))
})
afterAll(async () => {
  await desk.close()
  await rm(dataDirectory, { recursive: true })
})

async function up(live: boolean): Promise<string> {
  const printed: string[] = []
  desk.with({
    dataDirectory,
    serve: async () => {
      setImmediate(() => desk.interrupt())
      return ok({ url: 'http://127.0.0.1:7411', setUpUrl: LINK, stop: async () => undefined })
    },
    screen: {
      ...{ interactive: live, live, columns: 100, rows: 40, paint: PLAIN },
      print: (text) => void printed.push(text),
      raw: () => undefined,
      remark: (text) => void printed.push(text),
      status: () => undefined,
    },
  })
  await desk.type('up')
  return printed.join('\n')
}

test('the first start shows its link to whoever sits at the terminal, and to no log', async () => {
  expect(await up(true)).toContain(`open ${LINK} (once, within three days)`)
  const logged = await up(false)
  expect(logged).toContain('listens at')
  expect(logged).not.toContain('/auth/invitation/')
})
