import type { Task } from '#contract/task.ts'
import { manyLines } from './terminal/safe-text.ts'

const SUBJECT_CHARACTERS = 72

/**
 * A commit message to begin with: the intent of the person. The agent's summary stays out, since it would become the
 * approver's words.
 */
export function proposedMessage(task: Task): string {
  const text = manyLines(task.intent).trim()
  const [first = '', ...rest] = text.split('\n')
  if (first.length <= SUBJECT_CHARACTERS) return [capital(first), ...rest].join('\n')
  const cut = first.lastIndexOf(' ', SUBJECT_CHARACTERS - 1)
  const subject = cut > 30 ? first.slice(0, cut) : first.slice(0, SUBJECT_CHARACTERS - 1)
  return `${capital(subject)}…\n\n${text}`
}

/** A name from the code at the beginning stays as it is. */
function capital(text: string): string {
  const [word = ''] = text.split(/[\s,:]/)
  if (/[\p{Lu}\d_.()]/u.test(word)) return text
  return text.charAt(0).toUpperCase() + text.slice(1)
}
