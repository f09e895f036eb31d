import { randomBytes } from 'node:crypto'
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { tokenFile } from '#cli/server-record.ts'
import { ensureOwner } from '#compose/first-owner.ts'
import { openSignIn } from '#compose/sign-in.ts'
import { createHttp } from '#http/app.ts'
import { invitationAddress } from '#identity/sign-in/invitation-link.ts'
import { FakeApplication } from '#test/http/fake-application.ts'
import { aBrowser } from '#test/support/browser.ts'
import { type TestStore, testStore } from '#test/support/database.ts'

const ORIGIN = 'http://localhost:7411'

let opened: TestStore
let directory: string
beforeAll(async () => {
  opened = await testStore()
  directory = await mkdtemp(join(tmpdir(), 'airlock-first-'))
})
afterAll(async () => {
  await opened.close()
  await rm(directory, { recursive: true })
})

test('the first start gives one link, by which its owner chooses an address and a password, once; later ones give none', async () => {
  const random = (size: number) => new Uint8Array(randomBytes(size))
  const parts = { store: opened.store, clock: () => Date.now(), random }
  const owner = { name: 'Ada', email: 'ada@localhost' }
  const link = await ensureOwner(parts, directory, owner)
  expect(await ensureOwner(parts, directory, owner)).toBeUndefined()
  expect((await stat(tokenFile(directory))).mode & 0o777).toBe(0o600)
  expect(await readFile(tokenFile(directory), 'utf8')).toMatch(/^alk_/)

  const http = createHttp(new FakeApplication(), {
    authenticate: async () => ({ ok: false, failure: { code: 'unauthenticated', message: 'no' } }),
    version: '0.1.0',
    signIn: openSignIn(parts, randomBytes(32).toString('hex'), () => ORIGIN),
  })
  const path = new URL(invitationAddress(ORIGIN, link ?? { text: '', hash: new Uint8Array() })).pathname
  const chosen = { name: 'Ada', email: 'ada@example.org', password: 'four words in a row' }
  const browser = aBrowser(http, ORIGIN)
  expect((await browser.send(path, chosen)).text).toContain('ada@example.org · owner')
  expect(await aBrowser(http, ORIGIN).send(path, chosen)).toMatchObject({ status: 404 })
})
