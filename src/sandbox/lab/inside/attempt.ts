/**
 * Runs inside a sandbox: reads attempts as JSON from standard input, makes one after the other, and prints a line for
 * each: what it got hold of, or the error that met it.
 */
import { readFileSync } from 'node:fs'
import { VERBS, type VerbName } from './verbs.ts'

interface Attempt {
  readonly id: string
  readonly verb: VerbName
  readonly words: readonly (string | number)[]
}

for (const { id, verb, words } of JSON.parse(readFileSync(0, 'utf8')) as Attempt[])
  process.stdout.write(`${JSON.stringify({ id, ...(await outcomeOf(verb, words)) })}\n`)

async function outcomeOf(verb: VerbName, words: Attempt['words']): Promise<object> {
  try {
    const act = VERBS[verb] as (...words: readonly unknown[]) => unknown
    return { done: String((await act(...words)) ?? '') }
  } catch (error) {
    return { refused: error instanceof Error && 'code' in error ? String(error.code) : String(error) }
  }
}
