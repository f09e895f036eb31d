import { expect, test } from 'vitest'
import type { FileChange } from '#contract/patch.ts'
import { patchFacts } from '#policy/patch-facts.ts'
import { riskOf } from '#policy/risk.ts'

function change(path: string, more: Partial<FileChange> = {}): FileChange {
  const modes = { oldMode: '100644', newMode: '100644' }
  return { path, kind: 'modified', ...modes, binary: false, additions: 3, deletions: 2, ...more }
}

test('rules know of a patch its files under both names, all directories above them, its size and its weight', () => {
  const changes = [
    change('infra/prod/main.tf'),
    change('src/b.ts', { kind: 'renamed', previousPath: 'lib/a.ts' }),
    change('db/migrations/1.sql', { kind: 'deleted', additions: 0 }),
  ]
  const found = [
    { rule: 'tampering.ci', path: 'x', message: '' },
    { rule: 'tampering.suppression-added', path: 'x', message: '' },
  ]
  expect(patchFacts(changes, found)).toEqual({
    files: ['infra/prod/main.tf', 'src/b.ts', 'lib/a.ts', 'db/migrations/1.sql'],
    directories: ['infra', 'infra/prod', 'src', 'lib', 'db', 'db/migrations'],
    filesChanged: 3,
    linesChanged: 12,
    touches: ['ci', 'deletions', 'migration'],
  })
  expect(patchFacts([], [])).toEqual({
    files: [],
    directories: [],
    filesChanged: 0,
    linesChanged: 0,
    touches: [],
  })
})

test('risk rises with what a patch is about, with the reasons, and never falls below that of its kind', () => {
  expect(riskOf('review.approve', { touches: ['deletions'] })).toEqual({ risk: 'high', reasons: [] })
  expect(riskOf('review.approve', { touches: ['ci', 'policy'], linesChanged: 501 })).toEqual({
    risk: 'critical',
    reasons: [
      { to: 'high', reason: 'It changes what CI runs.' },
      { to: 'critical', reason: 'It changes a policy.' },
      { to: 'high', reason: 'It changes more than 500 lines.' },
    ],
  })
  expect(riskOf('task.submit', { touches: ['deletions', 'lockfile'] }).risk).toBe('high')
})
