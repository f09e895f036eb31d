import { describe, expect, it } from 'vitest'
import { base62Checksum } from '#guards/secrets/checksum.ts'
import { findSecrets } from '#guards/secrets/find.ts'
import { TOKEN_RULES } from '#guards/secrets/rules.ts'
import { nearMissesOf, sampleOf } from '#guards/secrets/shape.ts'

/** Where tokens are met: bare, in a file of settings, in a string, in an address, behind an escape. */
const SURROUNDINGS = ['%', 'VALUE=%\n', '{"a": "%"}', 'see https://api.example.test/?a=%&b=1', 'line\\n%\\n']

describe.each(TOKEN_RULES)('the token rule $name', (rule) => {
  it('finds what has its shape, wherever it stands', () => {
    const missed: string[] = []
    for (const shape of rule.shapes)
      for (const [seed, surrounding] of SURROUNDINGS.entries()) {
        const sample = sampleOf(shape, seed + 2)
        const text = surrounding.replace('%', () => sample)
        const found = findSecrets(text).map(
          ({ rule: name, start, end }) => `${name} ${text.slice(start, end)}`,
        )
        if (found.join() !== `secret.${rule.name} ${sample}`) missed.push(`${shape} in ${text}: ${found}`)
      }
    expect(missed).toEqual([])
  })

  it('is quiet about what only resembles it', () => {
    const written = rule.near.map((text, seed) => sampleOf(text, seed))
    const misses = [...written, ...rule.shapes.flatMap(nearMissesOf)]
    const told = misses.filter((text) =>
      findSecrets(text).some(({ rule: name }) => name === `secret.${rule.name}`),
    )
    expect(misses.length).toBeGreaterThanOrEqual(3)
    expect(told).toEqual([])
  })
})

it('every rule has a name of its own', () => {
  expect(new Set(TOKEN_RULES.map(({ name }) => name)).size).toBe(TOKEN_RULES.length)
  expect(TOKEN_RULES.length).toBeGreaterThan(120)
})

it('a right checksum makes a token certain, a wrong one only probable', () => {
  const body = sampleOf('{a30}', 5)
  const right = `ghp_${body}${base62Checksum(body)}`
  const wrong = sampleOf('ghp_{a36}', 5)
  expect(findSecrets(right).map(({ confidence }) => confidence)).toEqual(['high'])
  expect(findSecrets(wrong).map(({ confidence }) => confidence)).toEqual(['medium'])
})
