import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createHttp } from '#http/app.ts'
import { shareApp } from '#http/share/share-app.ts'
import { memberOf } from '#policy/actor.ts'
import type { Role } from '#policy/role.ts'
import { listShares, openShare, revokeShare, shareTask } from '#review/share-link.ts'
import { entriesFrom } from '#store/audit-log.ts'
import { setMemberRole } from '#store/member-role.ts'
import { removePerson } from '#store/people.ts'
import { endBindings } from '#store/role-bindings.ts'
import { FakeApplication } from '#test/http/fake-application.ts'
import { type TestStore, testStore } from '#test/support/database.ts'
import { type FullOrganisation, fullOrganisation } from '#test/support/every-table.ts'

const NOON = Date.parse('2026-02-02T12:00:00Z')
const HOUR = 60 * 60 * 1000

let opened: TestStore
let home: FullOrganisation
let now: number
beforeAll(async () => {
  opened = await testStore()
})
beforeEach(async () => {
  now = NOON
  home = await fullOrganisation(opened.store)
})
afterAll(() => opened.close())

function aDoor(bounds = { each: 30, everybody: 300, withinMilliseconds: 60_000 }) {
  const room = {
    store: opened.store,
    clock: () => now,
    random: (size: number) => new Uint8Array(randomBytes(size)),
  }
  const actor = memberOf(home.organisation, home.person, 'maintainer')
  const share = shareApp({
    open: (link) => openShare(room, link),
    origin: () => 'http://localhost:7411',
    now: () => now,
    bounds,
  })
  const application = new FakeApplication()
  const http = createHttp(application, {
    authenticate: async () => ({ ok: false, failure: { code: 'unauthenticated', message: 'no' } }),
    version: '0.1.0',
    share,
  })
  const get = (path: string, headers: Record<string, string> = {}) =>
    http.request(path, { headers: { host: 'localhost', ...headers } })
  const make = async (hours = 168) => {
    const made = await shareTask(room, actor, home.task.id, { hours }, (text) => `/share/${text}`)
    if (!made.ok) throw new Error(made.failure.message)
    return { path: made.value.url, id: made.value.share.id }
  }
  return { room, actor, http, application, get, make }
}

async function log() {
  return opened.store.inOrganisation(home.organisation, async (tx) =>
    (await entriesFrom(tx, 0, 1_000)).map(({ bytes }) => JSON.parse(Buffer.from(bytes).toString())),
  )
}

describe('a share link', () => {
  test('shows its task without any sign-in, as a page and as JSON, and sets no cookie', async () => {
    const { get, make } = aDoor()
    const { path } = await make()
    const page = await get(path)
    const text = await page.text()
    expect(page.status).toBe(200)
    expect(text).toContain(`Task ${home.task.number}`)
    expect(text).toContain(home.task.intent)
    expect(page.headers.get('set-cookie')).toBeNull()
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'")
    expect(page.headers.get('referrer-policy')).toBe('no-referrer')
    expect(page.headers.get('cache-control')).toBe('no-store')
    const told = (await (await get(path, { accept: 'application/json' })).json()) as Record<string, unknown>
    expect(told).toMatchObject({ number: home.task.number, requester: home.person.name })
  })

  test('tells nobody an address, an id, a token or where the repository is', async () => {
    const { get, make } = aDoor()
    const { path } = await make()
    const shown = [
      await (await get(path)).text(),
      await (await get(path, { accept: 'application/json' })).text(),
    ]
    for (const text of shown)
      for (const inside of [
        home.person.email,
        home.person.id,
        home.task.id,
        home.project.url,
        home.organisation,
      ])
        expect(text).not.toContain(inside)
  })

  test('is kept as a hash alone, and each opening is in the log', async () => {
    const { get, make, room, actor } = aDoor()
    const { path, id } = await make(24)
    await (await get(path)).text()
    const secret = path.split('.')[1] ?? 'none'
    expect(secret).toHaveLength(43)
    const rows = await opened.store.inOrganisation(home.organisation, (tx) =>
      tx.selectFrom('shareLinks').selectAll().execute(),
    )
    expect(
      JSON.stringify(rows.map((row) => ({ ...row, hash: Buffer.from(row.hash).toString('latin1') }))),
    ).not.toContain(secret)
    const entries = (await log()).filter(({ action }) => action.startsWith('share.'))
    expect(entries).toMatchObject([
      {
        action: 'share.created',
        subject: home.task.id,
        actor: { kind: 'person', id: home.person.id },
        data: { share: id, hours: 24 },
      },
      {
        action: 'share.opened',
        subject: home.task.id,
        actor: { kind: 'system', id: 'share-link' },
        data: { share: id },
      },
    ])
    expect(JSON.stringify(await log())).not.toContain(secret)
    const listed = await listShares(room, actor, home.task.id)
    expect(listed).toMatchObject({ ok: true, value: { items: [{ id, opened: 1 }, {}] } })
  })

  test('dies on time, on revocation, and with its maker, in the same words as one that never was', async () => {
    const { get, make, room, actor } = aDoor()
    const never = await get(`/share/${home.organisation}.${'A'.repeat(43)}`)
    const words = await never.text()
    const dead = async (path: string) => {
      const answer = await get(path)
      expect({ status: answer.status, text: await answer.text() }).toEqual({ status: 404, text: words })
    }
    const { path: timed } = await make(1)
    now = NOON + HOUR - 1
    expect((await get(timed)).status).toBe(200)
    now = NOON + HOUR
    await dead(timed)

    const { path, id } = await make()
    expect(await revokeShare(room, actor, home.task.id, id)).toEqual({ ok: true, value: undefined })
    await dead(path)
    expect(await revokeShare(room, actor, home.task.id, id)).toMatchObject({
      ok: false,
      failure: { code: 'not_found' },
    })

    const { path: orphan } = await make()
    expect((await get(orphan)).status).toBe(200)
    const at = '2026-02-02T12:00:00.000Z'
    const turn = (before: Role, role: Role) =>
      opened.store.inOrganisation(home.organisation, (tx) =>
        setMemberRole(tx, 'people', home.person.id, { before, role, at }),
      )
    await turn('owner', 'developer')
    await opened.store.inOrganisation(home.organisation, (tx) =>
      endBindings(tx, { subject: home.person.id }, at),
    )
    await dead(orphan)
    await turn('developer', 'owner')
    expect((await get(orphan)).status).toBe(200)
    await opened.store.inOrganisation(home.organisation, (tx) =>
      removePerson(tx, home.person.id, '2026-02-02T12:00:00.000Z'),
    )
    await dead(orphan)
    for (const wrong of ['x', `${home.organisation}.short`, `org_${'0'.repeat(20)}.${'A'.repeat(43)}`])
      await dead(`/share/${wrong}`)
  })

  test('opens nothing else: no token, no other task, no other organisation', async () => {
    const { http, get, make, application } = aDoor()
    const { path } = await make()
    const link = path.replace('/share/', '')
    const asked = await http.request('/v1/tasks', {
      headers: { host: 'localhost', authorization: `Bearer ${link}` },
    })
    expect(asked.status).toBe(401)
    const other = await fullOrganisation(opened.store)
    expect((await get(`/share/${other.organisation}.${link.split('.')[1]}`)).status).toBe(404)
    for (const beyond of ['/diff', '/../../v1/tasks', '/events', '?task=2'])
      expect((await get(`${path}${beyond}`)).status).toBe(
        beyond.startsWith('?') ? 200 : beyond.includes('v1') ? 401 : 404,
      )
    for (const method of ['POST', 'PUT', 'DELETE', 'PATCH'])
      expect((await http.request(path, { method, headers: { host: 'localhost' } })).status).toBe(404)
    expect(application.calls).toEqual([])
  })

  test('shows what a stranger wrote as text, and what hides as what it is', async () => {
    const { get, make } = aDoor()
    await opened.store.inOrganisation(home.organisation, (tx) =>
      tx
        .updateTable('tasks')
        .set({ intent: '<script>alert(1)</script>\u202ehidden\u{e0041}' })
        .where('id', '=', home.task.id)
        .execute(),
    )
    const { path } = await make()
    const text = await (await get(path)).text()
    expect(text).toContain('&lt;script&gt;alert(1)&lt;/script&gt;⟨U+202E⟩hidden⟨U+E0041⟩')
    expect(text).not.toContain('<script>')
  })

  test('is rationed, by address and altogether, right links and wrong ones alike', async () => {
    const { get, make } = aDoor({ each: 3, everybody: 300, withinMilliseconds: 60_000 })
    const { path } = await make()
    const wrong = `/share/${home.organisation}.${'A'.repeat(43)}`
    const seen: number[] = []
    for (const each of [path, wrong, path, path, wrong]) seen.push((await get(each)).status)
    expect(seen).toEqual([200, 404, 200, 429, 429])
    expect((await get(path)).headers.get('retry-after')).toBe('60')
    now += 60_000
    expect((await get(path)).status).toBe(200)
  })

  test('cannot live longer than a week, in the database either', async () => {
    const { room, actor } = aDoor()
    await expect(shareTask(room, actor, home.task.id, { hours: 169 }, String)).rejects.toThrow()
  })
})
