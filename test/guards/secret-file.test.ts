import fc from 'fast-check'
import { expect, test } from 'vitest'
import { maskedLines, maskOf } from '#guards/secrets/mask.ts'
import { piecesOf } from '#guards/secrets/secret-file.ts'

const values = (text: string) =>
  piecesOf('s', text)
    .map(({ value }) => value)
    .filter((value) => !/\s/.test(value))

test.each([
  [
    '.npmrc',
    'registry=https://npm.example.org/\n//npm.example.org/:_authToken=abcdef-123456\n',
    'abcdef-123456',
  ],
  ['pip.conf', '[global]\nindex-url = https://bot:hunter2222@pypi.example.org/simple\n', 'hunter2222'],
  ['.netrc', 'machine pypi.example.org login bot-account password correct-horse\n', 'correct-horse'],
  ['settings.xml', '<server>\n  <password>swordfish-99</password>\n</server>\n', 'swordfish-99'],
  ['JSON', '{"auths": {"ghcr.example.org": {"auth": "Ym90OnN3b3JkZmlzaA=="}}}\n', 'Ym90OnN3b3JkZmlzaA'],
  ['a token alone', 'only-a-token-here\n', 'only-a-token-here'],
])('of a file like %s the value is known by itself', (_, text, wanted) => {
  expect(values(text)).toContain(wanted)
})

test('names of settings, hosts and addresses are no secrets: what went wrong can still be read', () => {
  const text = 'registry=https://npm.example.org/\nemail=dev@example.org\nstrict-ssl=true\n# a comment here\n'
  expect(values(text)).toEqual([])
  const mask = maskOf(piecesOf('secret npmrc', `${text}_authToken=abcdef-123456\n`))
  expect(mask('404 from https://npm.example.org/shop with abcdef-123456')).toBe(
    '404 from https://npm.example.org/shop with [secret npmrc]',
  )
})

test('frames of keys and names of elements are no secrets: they stand in many a package', () => {
  const key = 'b3BlbnNzaC1rZXktdjEAAAAA'
  expect(values(`-----BEGIN OPENSSH PRIVATE KEY-----\n${key}\n-----END OPENSSH PRIVATE KEY-----\n`)).toEqual([
    key,
  ])
  const element = '<password>swordfish-99</password>'
  expect(values(`<settings>\n<credentials>\n${element}\n</credentials>\n</settings>\n`)).toEqual([
    element,
    'swordfish-99',
  ])
})

test('a value is found in any dress, also when it is broken over lines', () => {
  const known = [{ name: 'secret x', value: 'Zx81q+mirror/private%token' }]
  fc.assert(
    fc.property(fc.constantFrom('base64', 'hex', 'utf8'), fc.integer({ min: 3, max: 30 }), (dress, width) => {
      const dressed = Buffer.from(known[0]?.value ?? '').toString(dress as BufferEncoding)
      const lines = ['before', ...(dressed.match(new RegExp(`.{1,${width}}`, 'g')) ?? []), 'after']
      const masked = maskedLines(lines, known)
      expect(masked.join('')).not.toContain(dressed.slice(0, -3))
      expect([masked.length, masked[0], masked.at(-1)]).toEqual([lines.length, 'before', 'after'])
    }),
  )
})

test('what holds nothing known stays as it is', () => {
  const known = [{ name: 's', value: 'a-rather-long-secret' }]
  fc.assert(
    fc.property(fc.array(fc.string({ maxLength: 15 }), { maxLength: 3 }), (lines) => {
      fc.pre(!lines.join('').includes('a-rather'))
      expect(maskedLines(lines, known)).toEqual(lines)
    }),
  )
})
