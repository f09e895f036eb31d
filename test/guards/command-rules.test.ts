import { describe, expect, it } from 'vitest'
import { judgeCommand } from '#guards/command/judge.ts'
import { COMMAND_RULES } from '#guards/command/rules.ts'

const context = { workspace: '/workspace' }

describe.each(COMMAND_RULES)('the rule $name', (rule) => {
  it.each(rule.refuses)('refuses its example %j', (text) => {
    const judgement = judgeCommand(text, context)
    expect(judgement.verdict).not.toBe('allow')
    expect(judgement.findings.map((finding) => finding.rule)).toContain(rule.name)
  })

  it.each(rule.allows)('allows its example %j', (text) => {
    expect(judgeCommand(text, context)).toEqual({ verdict: 'allow', findings: [] })
  })

  it('explains itself and says what would pass', () => {
    expect(rule.explanation).toMatch(/^[A-Z].+\.$/)
    expect(rule.remedy).toMatch(/^[A-Z].+\.$/)
  })
})
