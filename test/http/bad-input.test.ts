import { describe, expect, test } from 'vitest'
import { FAILURE_STATUS } from '#http/failure-to-status.ts'
import { AirlockError, FAILURE_CODES } from '#kernel/failure.ts'
import { aHouse } from './house.ts'

async function refusal(response: Response): Promise<Record<'status' | 'code' | 'detail', unknown>> {
  const problem = (await response.json()) as Record<string, unknown>
  return { status: response.status, code: problem.code, detail: problem.detail }
}

describe('bad input', () => {
  test('malformed JSON, a wrong media type and wrong shapes are all invalid_input with a reason', async () => {
    const house = aHouse()
    const post = async (body: unknown, headers = {}) =>
      refusal(await house.ask('owner', 'POST', '/v1/tasks', body, headers))
    expect(await post('{"intent":')).toEqual({
      status: 400,
      code: 'invalid_input',
      detail: 'Malformed JSON in request body.',
    })
    expect(await post('{}', { 'content-type': 'text/plain' })).toMatchObject({
      status: 415,
      code: 'invalid_input',
    })
    expect(await post({ intent: '', project: 'x' })).toMatchObject({ status: 400, code: 'invalid_input' })
    expect(await post({ intent: 'x'.repeat(20_001), project: 'x' })).toMatchObject({
      status: 400,
      code: 'invalid_input',
    })
    expect(await post({ intent: 'x', project: 'x', admin: true })).toEqual({
      status: 400,
      code: 'invalid_input',
      detail: 'Unrecognized key: "admin".',
    })
    expect(await post([])).toMatchObject({ status: 400, code: 'invalid_input' })
    expect(await post('null')).toMatchObject({ status: 400, code: 'invalid_input' })
    expect(await post('{"__proto__":{"intent":"x"},"project":"x"}')).toMatchObject({
      status: 400,
      code: 'invalid_input',
    })
    expect(house.application.calls).toEqual([])
  })

  test('a scope that is none has a code of its own', async () => {
    const house = aHouse()
    const scopes = [{ include: [] }, { include: [''] }, {}, 'src/**', { include: ['x'.repeat(513)] }]
    for (const scope of scopes) {
      const response = await house.ask('owner', 'POST', '/v1/tasks', { intent: 'x', project: 'p', scope })
      expect(await refusal(response)).toMatchObject({ status: 422, code: 'invalid_scope' })
    }
  })

  test('a body above the bound is 413, announced or not', async () => {
    const house = aHouse()
    const big = JSON.stringify({ intent: 'x'.repeat(5 * 1024 * 1024), project: 'x' })
    expect(await refusal(await house.ask('owner', 'POST', '/v1/tasks', big))).toMatchObject({
      status: 413,
      code: 'invalid_input',
    })
    const streamed = new Request('http://localhost/v1/tasks', {
      method: 'POST',
      headers: {
        host: 'localhost',
        authorization: `Bearer ${house.token('owner')}`,
        'content-type': 'application/json',
      },
      body: ReadableStream.from(big.match(/.{1,65536}/gs) ?? []).pipeThrough(new TextEncoderStream()),
      duplex: 'half',
    })
    expect(await refusal(await house.http.request(streamed))).toMatchObject({
      status: 413,
      code: 'invalid_input',
    })
    expect(house.application.calls).toEqual([])
  })

  test('names that cannot be tasks never reach the application', async () => {
    const house = aHouse()
    const names = [
      '0',
      '-1',
      '1e3',
      '01',
      'tsk_',
      `tsk_${'i'.repeat(20)}`,
      '..%2f..%2fetc',
      '%00',
      '1%20or%201=1',
    ]
    for (const name of names)
      expect(await refusal(await house.ask('owner', 'GET', `/v1/tasks/${name}`))).toMatchObject({
        status: 400,
        code: 'invalid_input',
      })
    expect(house.application.calls).toEqual([])
  })

  test('text that cannot be signed or stored never reaches the application', async () => {
    const house = aHouse()
    const digest = `sha256:${'0'.repeat(64)}`
    const requests: [string, string, string?][] = [
      ['POST', '/v1/tasks', '{"intent":"x\\ud800","project":"p"}'],
      ['POST', '/v1/tasks', '{"intent":"x\\u0000","project":"p"}'],
      ['POST', '/v1/tasks', '{"intent":"x","project":"p","scope":{"include":["\\udfff"],"exclude":[]}}'],
      ['POST', '/v1/tasks/1/approval', `{"patchDigest":"${digest}","message":"\\udc00\\ud800"}`],
      ['POST', '/v1/people', '{"name":"a\\u0000b","email":"a@example.org"}'],
      ['GET', '/v1/people?cursor=%00'],
      ['GET', '/v1/tasks?project=a%00'],
    ]
    for (const [method, path, body] of requests)
      expect(await refusal(await house.ask('owner', method, path, body))).toMatchObject({
        status: 400,
        code: 'invalid_input',
        detail: expect.stringMatching(/has a NUL or half a surrogate pair in it\.$/),
      })
    expect(house.application.calls).toEqual([])
  })

  test('a page is bounded', async () => {
    const house = aHouse()
    for (const query of [
      'limit=0',
      'limit=201',
      'limit=many',
      'limit=1&surprise=1',
      `cursor=${'x'.repeat(201)}`,
    ])
      expect(await refusal(await house.ask('owner', 'GET', `/v1/tasks?${query}`))).toMatchObject({
        status: 400,
        code: 'invalid_input',
      })
    expect(house.application.calls).toEqual([])
  })

  test("another organisation's task is not found, in the words of one that never was", async () => {
    const house = aHouse()
    const other = await house.ask('owner', 'GET', '/v1/tasks/1', undefined, {
      authorization: `Bearer ${house.token('owner', 'org_b')}`,
    })
    const never = await house.ask('owner', 'GET', '/v1/tasks/999')
    expect(await other.text()).toBe(await never.text())
    expect([other.status, never.status]).toEqual([404, 404])
  })

  test('a path that does not exist is a problem too', async () => {
    const house = aHouse()
    expect(await refusal(await house.ask('owner', 'GET', '/v1/nothing'))).toMatchObject({
      status: 404,
      code: 'not_found',
    })
    expect(await refusal(await house.ask('owner', 'PUT', '/v1/tasks/1'))).toMatchObject({
      status: 404,
      code: 'not_found',
    })
  })
})

describe('refusals', () => {
  test('every failure code arrives with its status, rule, remedy and details', async () => {
    for (const code of FAILURE_CODES) {
      const house = aHouse()
      house.application.refuseNext = { code, message: 'No.', rule: 'r', remedy: 'Do.', details: { a: 1 } }
      const response = await house.ask('owner', 'GET', '/v1/tasks/1')
      expect(response.status).toBe(FAILURE_STATUS[code])
      expect(await response.json()).toEqual({
        type: `urn:airlock:failure:${code}`,
        title: code.replaceAll('_', ' '),
        status: FAILURE_STATUS[code],
        detail: 'No.',
        code,
        rule: 'r',
        remedy: 'Do.',
        details: { a: 1 },
      })
    }
  })

  test('what is inside a bug stays inside, and is reported', async () => {
    const bugs: unknown[] = []
    const house = aHouse({ onBug: (thrown) => bugs.push(thrown) })
    house.application.getTask = async () => {
      throw new Error('password=hunter2')
    }
    const response = await house.ask('owner', 'GET', '/v1/tasks/1')
    expect(response.status).toBe(500)
    expect(await response.text()).not.toContain('hunter2')
    expect(bugs).toEqual([new Error('password=hunter2')])
  })

  test('a failure that was thrown keeps its code', async () => {
    const house = aHouse()
    house.application.getTask = async () => {
      throw new AirlockError({ code: 'database_unavailable', message: 'The database is away.' })
    }
    expect(await refusal(await house.ask('owner', 'GET', '/v1/tasks/1'))).toEqual({
      status: 503,
      code: 'database_unavailable',
      detail: 'The database is away.',
    })
  })
})

describe('providers', () => {
  test('a key goes in and never comes out', async () => {
    const house = aHouse()
    const added = await house.ask('owner', 'POST', '/v1/providers', {
      name: 'anthropic',
      protocol: 'anthropic',
      baseUrl: 'https://api.anthropic.com',
      key: 'sk-secret',
    })
    expect(added.status).toBe(201)
    expect(await added.text()).not.toContain('sk-secret')
    expect(await (await house.ask('owner', 'GET', '/v1/providers')).text()).not.toContain('sk-secret')
  })

  test('an address that is not http is refused', async () => {
    const house = aHouse()
    for (const baseUrl of ['file:///etc/passwd', 'javascript:alert(1)', 'api.anthropic.com', ''])
      expect(
        (await house.ask('owner', 'POST', '/v1/providers', { name: 'x', protocol: 'anthropic', baseUrl }))
          .status,
      ).toBe(400)
  })
})
