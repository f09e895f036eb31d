import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { findSecrets } from '#guards/secrets/find.ts'
import { sampleOf } from '#guards/secrets/shape.ts'
import { secretVectors } from '../support/secret-vectors.ts'

it('every leak of the vectors is found but those that are marked', () => {
  const leaks = secretVectors('leaks')
  const missed = leaks.filter(({ text }) => findSecrets(text).length === 0)
  expect(missed).toEqual(leaks.filter(({ wrong }) => wrong))
  expect(missed.length).toBeLessThan(leaks.length * 0.05)
})

it('every clean text of the vectors is quiet', () => {
  const told = secretVectors('clean').filter(({ text }) => findSecrets(text).length > 0)
  expect(told).toEqual([])
})

it('tells where a secret is and never what it is', () => {
  const token = sampleOf('ghp_{a36}', 4)
  const text = `first\nsecond ${token} third\n`
  expect(findSecrets(text)).toEqual([
    {
      rule: 'secret.github-token',
      class: 'provider-token',
      reason: 'It has the shape of a GitHub credential, though its checksum is not right.',
      start: 13,
      end: 53,
      line: 2,
      confidence: 'medium',
      preview: 'ghp_… (40 characters)',
    },
  ])
})

it('finds a known value as it is and in every dress', () => {
  const value = 'kT7+q/"Zx&1m pW'
  const known = [{ name: 'the vault value DB', value }]
  const base64 = (before: string) => Buffer.from(`${before}${value}--after`).toString('base64')
  const dressed = [
    value,
    base64(''),
    base64('a'),
    base64('ab'),
    Buffer.from(value).toString('base64url'),
    Buffer.from(value).toString('hex'),
    Buffer.from(value).toString('hex').toUpperCase(),
    encodeURIComponent(value),
    JSON.stringify({ value }),
    JSON.stringify(JSON.stringify({ value })),
    [...value].reverse().join(''),
  ]
  const quiet = dressed.filter((text) =>
    findSecrets(`x ${text} y`, { known }).every(({ rule }) => rule !== 'secret.known-value'),
  )
  expect(quiet).toEqual([])
  expect(findSecrets('nothing of it here', { known })).toEqual([])
})

it('of a diff, only what it adds is told', () => {
  const token = sampleOf('glpat-{w20}', 4)
  const diff = `--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n-old = ${token}\n keep = ${token}\n+new = ${token}\n`
  expect(findSecrets(diff, { addedLinesOnly: true }).map(({ line }) => line)).toEqual([6])
  expect(findSecrets(diff).map(({ line }) => line)).toEqual([4, 5, 6])
})

it('a lockfile is judged by the shapes of makers alone', () => {
  const secret = sampleOf('api_key = "{a40}"', 3)
  expect(findSecrets(secret, { path: 'a/poetry.lock' })).toEqual([])
  expect(findSecrets(secret, { path: 'a/settings.py' })).toHaveLength(1)
})

/** Tests and the examples of scan rules plant secrets for other guards to find; there, only what a scanner would be certain of is forbidden. */
it('the repository itself holds no secret outside of the vectors', () => {
  const root = join(import.meta.dirname, '../..')
  const told = execFileSync('git', ['ls-files', '-z'], { cwd: root, encoding: 'utf8' })
    .split('\0')
    .filter(
      (path) => path !== '' && path !== 'test/vectors/secrets/leaks.txt' && existsSync(join(root, path)),
    )
    .flatMap((path) =>
      findSecrets(readFileSync(join(root, path), 'utf8'), {
        path,
        confidence: /^test\/|^src\/guards\/code-scan\/rules\//.test(path) ? 'high' : 'medium',
      }).map(({ rule, line }) => `${path}:${line} ${rule}`),
    )
  expect(told).toEqual([])
})
