import fc from 'fast-check'
import { expect, test } from 'vitest'
import { redactionOf } from '#gateway/redact.ts'
import { repeatedKey, topLevelKeys } from '#gateway/top-level-keys.ts'

test('the keys of any object are found as JSON.parse finds them', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue()), fc.nat(3), (object, indent) => {
      expect(topLevelKeys(JSON.stringify(object, null, indent))).toEqual(Object.keys(object))
    }),
  )
})

test.each([
  ['{"model":"a","model":"b"}', 'model'],
  ['{"model":"a","x":{"model":"deep"},"Model":"b"}', 'Model'],
  ['{"model":"a","mod\\u0065l":"b"}', 'model'],
  ['{"stream":1,"\\u017ftream":2}', 'ſtream'],
  ['{"max_toKens":1,"max_to\\u212aens":2}', 'max_to\u212aens'],
])('two keys that some parser takes for one are found in %s', (text, key) => {
  expect(repeatedKey(text)).toBe(key)
})

test.each([
  '{}',
  ' { "model" : "\\"model\\":1" , "x" : [ { "model" : 1 } , "model" ] } ',
  '{"a":"\\\\","b":"}"}',
])('keys that stand once are no finding in %s', (text) => {
  JSON.parse(text)
  expect(repeatedKey(text)).toBeUndefined()
})

const KEY = 'sk-live-"0123456789'

test('a key is masked however the bytes that echo it are cut, and nothing else changes', () => {
  const echo = fc.constantFrom(
    KEY,
    JSON.stringify(KEY),
    encodeURIComponent(KEY),
    Buffer.from(KEY).toString('base64'),
  )
  const part = fc.oneof(fc.string(), echo, fc.constant(KEY.slice(0, 7)))
  fc.assert(
    fc.property(fc.array(part), fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }), (parts, cuts) => {
      const bytes = Buffer.from(parts.join(''))
      const redactor = redactionOf(KEY).stream()
      const out: Buffer[] = []
      for (let at = 0, turn = 0; at < bytes.length; turn++) {
        const size = cuts[turn % cuts.length] ?? 1
        out.push(Buffer.from(redactor.push(bytes.subarray(at, at + size))))
        at += size
      }
      const result = Buffer.concat([...out, redactor.flush()])
      expect(result.toString()).toBe(redactionOf(KEY).text(bytes.toString()))
      expect(result.toString()).not.toContain(KEY)
      expect(result.length).toBe(bytes.length)
    }),
  )
})

test('a placeholder that is no secret does not damage text', () => {
  expect(redactionOf('ollama').text('ollama runs llama3')).toBe('ollama runs llama3')
})
