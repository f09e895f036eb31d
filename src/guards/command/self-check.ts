import { judgeCommand } from './judge.ts'
import { COMMAND_RULES } from './rules.ts'

/**
 * Judges every rule's own examples; returns what went wrong, nothing when all is well. A guard whose parser or runtime has
 * changed under it must not go on saying that a command is fine.
 */
export function failedExamples(): string[] {
  const context = { workspace: '/workspace' }
  return COMMAND_RULES.flatMap(({ name, refuses, allows }) => [
    ...(refuses.length < 3 || allows.length < 3 ? [`${name} has too few examples`] : []),
    ...refuses
      .filter((text) => !judgeCommand(text, context).findings.some(({ rule }) => rule === name))
      .map((text) => `${name} no longer objects to \`${text}\``),
    ...allows
      .filter((text) => judgeCommand(text, context).verdict !== 'allow')
      .map((text) => `\`${text}\` is no longer allowed (${name})`),
  ])
}
