import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { judgeInjection } from '#guards/injection/judge.ts'
import { findPersonalData } from '#guards/personal-data/find.ts'
import { findSecrets } from '#guards/secrets/find.ts'
import { injectionVectors } from '../support/injection-vectors.ts'
import { personalVectors } from '../support/personal-vectors.ts'
import { secretVectors } from '../support/secret-vectors.ts'

const PAGE = readFileSync(join(import.meta.dirname, '../../docs/guards-text.md'), 'utf8')

/** The rows of a table: class, how many texts, how many flagged. */
function table(
  texts: readonly { readonly class: string; readonly clean: boolean; readonly flagged: boolean }[],
): string {
  const rows = Map.groupBy(texts, ({ class: kind, clean }) => (clean ? `clean: ${kind}` : kind))
  return [...rows]
    .map(([kind, all]) => `| ${kind} | ${all.length} | ${all.filter(({ flagged }) => flagged).length} |`)
    .join('\n')
}

it('the page gives the numbers of the secret guard', () => {
  const judged = (name: 'leaks' | 'clean') =>
    secretVectors(name).map((vector) => ({
      class: vector.class,
      clean: name === 'clean',
      flagged: findSecrets(vector.text).length > 0,
    }))
  expect(PAGE).toContain(table([...judged('leaks'), ...judged('clean')]))
})

it('the page gives the numbers of the personal data guard', () => {
  const judged = personalVectors().map((vector) => ({
    class: vector.class,
    clean: vector.class === 'none',
    flagged: findPersonalData(vector.text).length > 0,
  }))
  expect(PAGE).toContain(table(judged))
})

it('the page gives the numbers of the injection guard', () => {
  const judged = (name: 'hostile' | 'clean') =>
    injectionVectors(name).map((vector) => ({
      class: vector.class,
      clean: name === 'clean',
      flagged: judgeInjection(vector.text, vector).verdict === 'flag',
    }))
  expect(PAGE).toContain(table([...judged('hostile'), ...judged('clean')]))
})
