import type { TamperFinding } from '#contract/gate-report.ts'
import { judgeInjection } from '#guards/injection/judge.ts'
import { type ChangedFile, linesOnlyIn, tampering } from './changed-file.ts'

const READ_BY_AGENTS =
  /\.(?:md|mdx|mdc|txt|rst|adoc)$|(?:^|\/)\.(?:cursorrules|windsurfrules|clinerules|rules)$/i

/** Text that a patch adds for agents to read, and that would order them about: hidden, or against their instructions. */
export function hostileInstructions({ change, before, after }: ChangedFile): TamperFinding[] {
  if (!READ_BY_AGENTS.test(change.path)) return []
  const added = linesOnlyIn(after, before)
  if (added.length === 0) return []
  const judgement = judgeInjection(added.map(({ text }) => text).join('\n'), { provenance: 'repository' })
  if (judgement.verdict === 'allow') return []
  const line = added[(judgement.line ?? 1) - 1]?.line
  return [
    tampering(
      'injected-order',
      change.path,
      judgement.reason ?? 'The text gives orders to its reader.',
      line,
    ),
  ]
}
