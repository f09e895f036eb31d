import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ABSENT, EXAMINED, FORBIDDEN } from '#sandbox/bubblewrap/system-calls.ts'
import { OPEN_CALLS } from '#sandbox/container/open-calls.ts'
import { others, systemCallRules } from '#sandbox/container/system-call-rules.ts'

test('each call has one kind of answer: open, forbidden, absent or by its arguments', () => {
  const { syscalls } = systemCallRules('x64')
  const plain = syscalls.filter(({ args }) => args === undefined).flatMap(({ names }) => names)
  const examined = [...new Set(syscalls.filter(({ args }) => args).flatMap(({ names }) => names))]
  expect(examined.sort()).toEqual(Object.keys(EXAMINED).sort())
  expect(plain.toSorted()).toEqual([...OPEN_CALLS, ...Object.keys(FORBIDDEN), ...Object.keys(ABSENT)].sort())
  const all = [...plain, ...examined]
  expect(all.filter((name, index) => all.indexOf(name) !== index)).toEqual([])
  expect(systemCallRules('arm64')).toEqual({
    ...systemCallRules('x64'),
    architectures: ['SCMP_ARCH_AARCH64'],
  })
})

test('what is not among the values of a mask is covered by exactly one comparison', () => {
  const word = fc.integer({ min: 0, max: 0xffffffff })
  fc.assert(
    fc.property(word, fc.array(word, { minLength: 1, maxLength: 5 }), word, (mask, some, candidate) => {
      const values = some.map((value) => (value & mask) >>> 0)
      for (const tried of [candidate, ...values]) {
        const hits = others(values, mask).filter(([known, value]) => (tried & known) >>> 0 === value)
        expect(hits).toHaveLength(values.includes((tried & mask) >>> 0) ? 0 : 1)
      }
    }),
  )
})
