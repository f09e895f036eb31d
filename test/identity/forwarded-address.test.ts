import { Hono } from 'hono'
import { expect, test } from 'vitest'
import { addressOf } from '#http/sign-in/request.ts'

const app = new Hono().get('/', (context) => context.text(addressOf(context, 'https://airlock.example.org')))

test.each([
  ['192.0.2.1', '192.0.2.1'],
  ['203.0.113.9, 192.0.2.1', '192.0.2.1'],
  ['192.0.2.1:50123', '192.0.2.1'],
  ['2001:db8::1', '2001:db8::1'],
  ['[2001:db8::1]:50123', '2001:db8::1'],
  ['unknown', '127.0.0.1'],
  ['1:2:3:4:5:6:7:8:9', '127.0.0.1'],
  ['999.0.2.1', '127.0.0.1'],
  ['', '127.0.0.1'],
])('a proxy that says %j means one address, whatever port', async (said, meant) => {
  expect(await (await app.request('/', { headers: { 'x-forwarded-for': said } })).text()).toBe(meant)
})
