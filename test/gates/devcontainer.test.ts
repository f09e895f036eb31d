import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readDevcontainer } from '#gates/devcontainer.ts'
import { utf8 } from '#kernel/bytes.ts'

const read = (text: string) => readDevcontainer(utf8(text))

test('the image is found among comments and trailing commas, and what else would count is named', () => {
  const text = `// https://aka.ms/devcontainer.json
{
  "name": "Ada's /* shop */ // place",
  /* "image": "other:1", */
  "image": "ghcr.io/ada/shop:2", // not "other:3"
  "customizations": { "vscode": {} },
  "features": { "a": {}, },
  "runArgs": ["--privileged",],
  "remoteUser": "root",
}`
  expect(read(text)).toEqual({ image: 'ghcr.io/ada/shop:2', ignored: ['features', 'runArgs', 'remoteUser'] })
})

test('a text that looks like a comment is a text', () => {
  expect(read('{"image": "a/b:1", "x": "// \\" /* ,}"}')).toEqual({ image: 'a/b:1', ignored: ['x'] })
})

test.for([
  ['{"build": {"dockerfile": "Dockerfile"}}', 'it names no image', ['build']],
  [`{"image": "${'$'}{localEnv:IMAGE}"}`, 'its image has no plain name', []],
  ['{"image": ["node:24"]}', 'its image has no plain name', []],
  ['{"image": "../../etc"}', 'its image has no plain name', []],
  ['{"image": "node:24"', 'it cannot be read', []],
  ['[]', 'it cannot be read', []],
  ['', 'it cannot be read', []],
  ['{"image": "node:24"} /*', 'it cannot be read', []],
  ['\ufeff{"image" "node"}', 'it cannot be read', []],
] as const)('%j is followed nowhere', ([text, without, ignored]) => {
  expect(read(text)).toEqual({ without, ignored })
})

test('bytes that are no text are followed nowhere', () => {
  expect(readDevcontainer(Uint8Array.of(0x7b, 0xff, 0x7d))).toEqual({
    without: 'it cannot be read',
    ignored: [],
  })
})

test('whatever JSON says without comments, it says with them', () => {
  const value = fc.dictionary(fc.string(), fc.jsonValue(), { maxKeys: 5 })
  fc.assert(
    fc.property(value, fc.constantFrom(' // x\n', '/* x */', '\n'), (json, comment) => {
      const plain = JSON.stringify({ ...json, image: 'node:24' })
      const dressed = `${comment}${JSON.stringify({ ...json, image: 'node:24' }, null, 1).replace(/\n/g, `${comment}\n`)}${comment}`
      expect(read(dressed)).toEqual(read(plain))
    }),
  )
})

test('a long file costs little time', () => {
  for (const text of ['/*'.repeat(100_000), '"\\'.repeat(100_000), `{"a":${','.repeat(200_000)}`])
    expect(read(text).without).toBe('it cannot be read')
})
