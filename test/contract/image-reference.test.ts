import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ImageChoice, imageReferenceText, parseImageReference } from '#contract/image-reference.ts'

const HEX = 'a'.repeat(64)
const full = (text: string) => {
  const reference = parseImageReference(text)
  return reference === undefined ? undefined : imageReferenceText(reference)
}

test.for([
  ['node', 'docker.io/library/node:latest'],
  ['node:24', 'docker.io/library/node:24'],
  ['ada/shop', 'docker.io/ada/shop:latest'],
  ['docker.io/node', 'docker.io/library/node:latest'],
  ['localhost/tools:1', 'localhost/tools:1'],
  ['localhost:5000/tools', 'localhost:5000/tools:latest'],
  ['ghcr.io/ada/shop/web:v1.2_3', 'ghcr.io/ada/shop/web:v1.2_3'],
  [`node@sha256:${HEX}`, `docker.io/library/node@sha256:${HEX}`],
  [`node:24@sha256:${HEX}`, `docker.io/library/node:24@sha256:${HEX}`],
  ['a__b/c---d', 'docker.io/a__b/c---d:latest'],
])('%s means %s', ([text, meaning]) => {
  expect(full(text ?? '')).toBe(meaning)
})

test.for([
  ...[
    '',
    ' ',
    'Node',
    'node:',
    'node:-x',
    'node@',
    'node@sha256:abc',
    `node@sha512:${HEX}`,
    `node@sha256:${HEX}x`,
  ],
  ...[
    '/node',
    'node/',
    'a//b',
    'a/../b',
    '../a',
    './a',
    'a/.',
    'a/_b',
    'a/b_',
    'a b',
    'a\nb',
    'node:24 ',
    'a?b',
    'a#b',
  ],
  ...[
    'user@ghcr.io/a',
    'ghcr.io:0/a',
    'ghcr.io:99999999/a',
    'ghcr.io:65536/a',
    'a..b/c',
    '-x.io/a',
    'x-.io/a',
    'GHCR.io/a',
    'https://ghcr.io/a',
    '[::1]/a',
    'a.0/0',
    '127.1/a',
  ],
  ...['a%2fb', 'é', 'a\0b', `${'a/'.repeat(300)}a`, `a:${'t'.repeat(129)}`],
])('%j is no name of an image', (text) => {
  expect(full(text)).toBeUndefined()
  expect(ImageChoice.safeParse(text).success).toBe(false)
})

test('the full spelling means itself, and stays in its place in an address', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[a-z0-9./:@_-]{1,40}$/), (text) => {
      const reference = parseImageReference(text)
      if (reference === undefined) return
      expect(full(imageReferenceText(reference))).toBe(imageReferenceText(reference))
      const { registry, repository, tag, digest } = reference
      const url = new URL(`https://${registry}/v2/${repository}/manifests/${digest ?? tag}`)
      expect(url.pathname).toBe(`/v2/${repository}/manifests/${digest ?? tag}`)
      expect([url.username, url.search, url.hash]).toEqual(['', '', ''])
    }),
    { numRuns: 2_000 },
  )
})

test('host is a choice, and the name of no image that is asked for', () => {
  expect(ImageChoice.safeParse('host').success).toBe(true)
})
