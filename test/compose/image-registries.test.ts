import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readRegistries, USUAL_REGISTRIES } from '#compose/images.ts'
import { temporaryDirectory } from '#test/support/git-fixture.ts'

test('without images.json images come from well-known registries, with it from those that it names', async () => {
  const directory = temporaryDirectory()
  expect(await readRegistries(directory)).toEqual(USUAL_REGISTRIES)
  writeFileSync(join(directory, 'images.json'), '{"registries": ["ghcr.io", "registry.example.com:5000"]}')
  expect(await readRegistries(directory)).toEqual(['ghcr.io', 'registry.example.com:5000'])
  writeFileSync(join(directory, 'images.json'), '{"registries": []}')
  expect(await readRegistries(directory)).toEqual([])
})

test.each([
  '',
  '[]',
  '{}',
  '{"registries": "ghcr.io"}',
  '{"registries": ["*"]}',
  '{"registries": ["https://ghcr.io"]}',
  '{"registries": [], "more": true}',
])('the server does not start with %j as images.json', async (text) => {
  const directory = temporaryDirectory()
  writeFileSync(join(directory, 'images.json'), text)
  await expect(readRegistries(directory)).rejects.toMatchObject({
    failure: { code: 'invalid_configuration' },
  })
})
