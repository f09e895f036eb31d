import { describe, expect, expectTypeOf, test } from 'vitest'
import { OPEN_PATHS } from '#http/app.ts'
import type { jsonRoute } from '#http/route.ts'
import { allRoutes } from '#http/routes/all-routes.ts'
import { ACTIONS, type ActionName } from '#policy/action.ts'
import { holds, ROLES } from '#policy/role.ts'
import { aHouse, type House } from './house.ts'

const routes = allRoutes(1000)

/** A path with something that exists, or at least parses, in each place. */
function concrete(path: string): string {
  return path
    .replace('{task}', '1')
    .replace('{commit}', 'c'.repeat(40))
    .replace('{name}', 'anthropic')
    .replace('{project}', 'shop')
    .replace('{policy}', 'night')
    .replace('{person}', 'usr_00000000000000000009')
    .replace('{invitation}', 'inv_00000000000000000001')
    .replace('{account}', 'sva_00000000000000000001')
    .replace('{key}', `tok_${'0'.repeat(20)}`)
    .replace('{provider}', 'example')
    .replace('{confirmation}', `cnf_${'0'.repeat(20)}`)
}

describe('the door', () => {
  test('every role gets through exactly the routes whose permission it holds', async () => {
    for (const route of routes)
      for (const role of ROLES) {
        const house = aHouse()
        const body = route.method === 'post' ? {} : undefined
        const response = await house.ask(role, route.method.toUpperCase(), concrete(route.path), body)
        const allowed = holds(role, ACTIONS[route.action].permission)
        const seen = { route: `${role} ${route.method} ${route.path}`, denied: response.status === 403 }
        expect(seen).toEqual({ ...seen, denied: !allowed })
        if (!allowed) {
          expect(response.headers.get('content-type')).toBe('application/problem+json')
          expect(await response.json()).toMatchObject({ code: 'permission_denied', rule: 'role' })
          expect(house.application.calls).toEqual([])
        }
        if (!response.bodyUsed) await response.body?.cancel()
      }
  })

  test('no route answers without a token, with a wrong one, or with one in another form', async () => {
    const house = aHouse()
    const good = house.token('owner')
    const wrong = [
      {},
      { authorization: '' },
      { authorization: good },
      { authorization: `Basic ${good}` },
      { authorization: `Bearer ${good.slice(0, -1)}` },
      { authorization: `Bearer ${good}0` },
      { authorization: `Bearer alk_${'z'.repeat(52)}` },
      { authorization: `Bearer ${good.toUpperCase()}` },
      { authorization: `Bearer  ${good}` },
      { cookie: `token=${good}` },
    ]
    for (const route of routes)
      for (const headers of wrong) {
        const response = await house.http.request(concrete(route.path), {
          method: route.method.toUpperCase(),
          headers: { host: 'localhost', ...headers },
        })
        expect(response.status).toBe(401)
        expect(response.headers.get('www-authenticate')).toBe('Bearer realm="airlock"')
      }
    expect(house.application.calls).toEqual([])
  })

  test('a name that is not ours is refused before anything else, also on the open paths', async () => {
    const house = aHouse({ hosts: ['airlock.example'] })
    const status = async (host: string) =>
      (await house.ask('owner', 'GET', '/health', undefined, { host })).status
    const hosts = ['localhost', 'LOCALHOST:80', '127.0.0.1:7777', '[::1]:7777', 'airlock.example:443']
    expect(await Promise.all(hosts.map(status))).toEqual([200, 200, 200, 200, 200])
    const strangers = [
      'evil.example',
      'localhost.evil.example',
      '127.0.0.1.nip.io',
      '',
      'localhost:99999999',
      '10.0.0.1',
    ]
    expect(await Promise.all(strangers.map(status))).toEqual(strangers.map(() => 403))
  })

  test('no other origin is ever invited', async () => {
    const house = aHouse()
    const response = await house.ask('owner', 'OPTIONS', '/v1/tasks', undefined, {
      origin: 'https://evil.example',
      'access-control-request-method': 'POST',
    })
    expect(response.status).toBe(404)
    expect([...response.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([])
  })

  test('a route without an action of the catalogue, or without a place, does not compile', () => {
    type Definition = Parameters<typeof jsonRoute>[0]
    expectTypeOf<Definition['action']>().toEqualTypeOf<ActionName>()
    expectTypeOf<Omit<Definition, 'action'>>().not.toExtend<Definition>()
    expectTypeOf<Omit<Definition, 'place'>>().not.toExtend<Definition>()
    expectTypeOf<Omit<Definition, 'place'> & { place: 'anywhere' }>().not.toExtend<Definition>()
    expectTypeOf<Omit<Definition, 'action'> & { action: 'task.explode' }>().not.toExtend<Definition>()
  })
})

describe('the document', () => {
  test('lists every registered route with its permission, and nothing is open but what is named', async () => {
    const house = aHouse()
    const document = await documentOf(house)
    expect(document.openapi).toBe('3.1.0')
    const registered = house.http.routes
      .filter((route) => route.method !== 'ALL')
      .map((route) => `${route.method.toLowerCase()} ${route.path.replaceAll(/:(\w+)/g, '{$1}')}`)
    const documented = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
    )
    const names = documented.map(({ path, method }) => `${method} ${path}`)
    expect(new Set(registered)).toEqual(new Set([...names, ...OPEN_PATHS.map((path) => `get ${path}`)]))
    for (const { operation } of documented) {
      const action = ACTIONS[operation['x-airlock-action'] as ActionName]
      expect(operation['x-airlock-permission']).toBe(action.permission)
      expect(operation.security).toEqual([{ bearer: [] }, { session: [] }])
    }
    expect(documented.length).toBe(routes.length)
  })

  test('names its schemas', async () => {
    const document = await documentOf(aHouse())
    expect(Object.keys(document.components.schemas)).toEqual(
      expect.arrayContaining(['Task', 'TaskRequest', 'TaskPage', 'ApprovalRequest', 'Problem', 'Project']),
    )
  })
})

interface Document {
  openapi: string
  paths: Record<string, Record<string, Record<string, unknown>>>
  components: { schemas: Record<string, unknown> }
}

async function documentOf(house: House): Promise<Document> {
  return (await (await house.ask('viewer', 'GET', '/openapi.json')).json()) as Document
}
