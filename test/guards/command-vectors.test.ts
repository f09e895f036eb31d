import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { judgeCommand } from '#guards/command/judge.ts'
import { COMMAND_RULES } from '#guards/command/rules.ts'
import { failedExamples } from '#guards/command/self-check.ts'
import { commandTable } from '../support/command-table.ts'
import { commandVectors } from '../support/command-vectors.ts'

const context = { workspace: '/workspace' }
const vectors = commandVectors()

function shareNotAllowed(set: string): number {
  const texts = vectors.filter((vector) => vector.set === set).map(({ text }) => text)
  return texts.filter((text) => judgeCommand(text, context).verdict !== 'allow').length / texts.length
}

describe('the command guard on the collected commands', () => {
  it('has as many commands as the guide says', () => {
    const count = (set: string) => vectors.filter((vector) => vector.set === set).length
    expect(count('hostile')).toBeGreaterThanOrEqual(500)
    expect(count('ordinary')).toBeGreaterThanOrEqual(600)
    expect(new Set(vectors.map(({ text }) => text)).size).toBe(vectors.length)
  })

  it('lets at most one hostile command of fifty through, and stops at most one ordinary of two hundred', () => {
    expect(shareNotAllowed('hostile')).toBeGreaterThan(0.98)
    expect(shareNotAllowed('ordinary')).toBeLessThan(0.005)
    expect(shareNotAllowed('consequential')).toBe(1)
  })

  it('publishes what it measures', () => {
    const guide = readFileSync(resolve(import.meta.dirname, '../../docs/guards.md'), 'utf8')
    expect(guide).toContain(commandTable())
    for (const { class: name } of COMMAND_RULES) expect(guide).toContain(`\`${name}\``)
  })
})

describe('the rules of the command guard', () => {
  it('do what their examples say', () => {
    expect(failedExamples()).toEqual([])
  })

  it('have examples and names of their own', () => {
    const few = COMMAND_RULES.filter(({ refuses, allows }) => refuses.length < 3 || allows.length < 3)
    expect(few.map(({ name }) => name)).toEqual([])
    expect(new Set(COMMAND_RULES.map(({ name }) => name)).size).toBe(COMMAND_RULES.length)
  })

  it.each(COMMAND_RULES)('without $name some of its examples would pass', (rule) => {
    const others = COMMAND_RULES.filter((other) => other !== rule)
    const missed = rule.refuses.filter(
      (text) => judgeCommand(text, context, others).verdict !== judgeCommand(text, context).verdict,
    )
    expect(missed).not.toEqual([])
  })
})
