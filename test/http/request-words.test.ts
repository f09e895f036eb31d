import { Hono } from 'hono'
import { expect, test } from 'vitest'
import { requestWords } from '#http/request-words.ts'

const app = new Hono()
app.post('/v1/*', async (context) => context.text(await requestWords(context)))

async function wordsOf(body: string, path = '/v1/projects/shop/autonomy?after=1'): Promise<string> {
  const response = await app.request(path, { method: 'POST', body })
  return response.text()
}

test('the same request is told in the same words, whatever its form', async () => {
  const told = 'POST /v1/projects/shop/autonomy?after=1\n{"a":1,"b":{"c":[2]}}'
  expect(await wordsOf('{"b":{"c":[2]},"a":1}')).toBe(told)
  expect(await wordsOf(' { "a" : 1.0, "a": 1, "b": {"c": [ 2 ]} }')).toBe(told)
})

test('what goes in and never comes out is not told, however deep it stands', async () => {
  const body = {
    name: 'npm',
    content: 'hunter2',
    nested: [{ credential: { password: 'hunter2' }, key: 'hunter2' }],
  }
  expect(await wordsOf(JSON.stringify(body))).not.toContain('hunter2')
})

test.each([
  ['with a number beyond all numbers', '{"autonomy":3,"x":1e999}', '{"autonomy":1,"x":1e999}'],
  ['that is no JSON', '{"autonomy":3', '{"autonomy":1'],
  [
    'that is deep',
    `{"a":${'['.repeat(50_000)}1${']'.repeat(50_000)}}`,
    `{"a":${'['.repeat(50_000)}2${']'.repeat(50_000)}}`,
  ],
  ['that is long', `{"a":"${'x'.repeat(30_000)}1"}`, `{"a":"${'x'.repeat(30_000)}2"}`],
])('a body %s is told as none but itself', async (_name, one, other) => {
  const [first, second, again] = [await wordsOf(one), await wordsOf(other), await wordsOf(one)]
  expect(first).toMatch(/\nsha256:[0-9a-f]{64}$/)
  expect(first).not.toBe(second)
  expect(first).toBe(again)
})
