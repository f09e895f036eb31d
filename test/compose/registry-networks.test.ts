import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readInternet } from '#compose/registry-networks.ts'
import { temporaryDirectory } from '#test/support/git-fixture.ts'

test('without network.json only the public internet is reached, with it also what it names', async () => {
  const directory = temporaryDirectory()
  const asked = ['8.8.8.8', '10.20.3.4', '10.21.0.1', '127.0.0.1']
  expect(asked.filter((await readInternet(directory)).mayReach)).toEqual(['8.8.8.8'])
  writeFileSync(join(directory, 'network.json'), '{"registryNetworks": ["10.20.0.0/16"]}')
  expect(asked.filter((await readInternet(directory)).mayReach)).toEqual(['8.8.8.8', '10.20.3.4'])
})

test.each([
  '',
  '[]',
  '{}',
  '{"registryNetworks": "10.20.0.0/16"}',
  '{"registryNetworks": ["10.20.0.0"]}',
  '{"registryNetworks": ["mirror.example/24"]}',
  '{"registryNetworks": [], "more": true}',
])('the server does not start with %j as network.json', async (text) => {
  const directory = temporaryDirectory()
  writeFileSync(join(directory, 'network.json'), text)
  await expect(readInternet(directory)).rejects.toMatchObject({ failure: { code: 'invalid_configuration' } })
})
