import { ok, type Result, refused } from '#kernel/result.ts'

/** Far more than people write by hand. */
const LONGEST = 256 * 1024
/** Brackets within brackets. */
const DEEPEST = 24
/** What one policy says, by the operators, dots and brackets that its tree grows deep with. */
const MOST_STEPS = 250
/** Everything that one text says: what takes seconds to be checked against every action and place. */
const MOST_ALTOGETHER = 2_000
/** To check the head of a policy takes as long as so many steps. */
const STEPS_OF_POLICY = 5

/**
 * Refuses text that the library of Cedar would not survive: its parser and evaluator call themselves for every level of a
 * policy, and one that is too deep leaves the library broken for everybody, for as long as the server runs. So the text is
 * measured by its tokens before the library sees any of it.
 */
export function checkBounds(text: string, at: (offset: number) => string): Result<void> {
  if (text.length > LONGEST) return tooMuch(at(0), 'It is too long', `Keep it below ${LONGEST} characters.`)
  let depth = 0
  let steps = 0
  let altogether = 0
  for (const { 0: token, index } of text.matchAll(TOKEN)) {
    if (token.startsWith('//')) continue
    if (token === '"') return tooMuch(at(index), 'A string does not end', 'End it with a quotation mark.')
    if (token.startsWith('"')) altogether += 1
    else if (CLOSING.includes(token)) depth = Math.max(0, depth - 1)
    else if (token === ';') {
      steps = 0
      altogether += STEPS_OF_POLICY
    } else {
      if (OPENING.includes(token)) depth += 1
      steps += 1
      altogether += 1
    }
    if (depth > DEEPEST)
      return tooMuch(at(index), `It nests more than ${DEEPEST} deep`, 'Write it as several policies.')
    if (steps > MOST_STEPS)
      return tooMuch(
        at(index),
        `A policy has more than ${MOST_STEPS} operators`,
        'Write several policies, or put values into one set: ["a", "b"].contains(…).',
      )
    if (altogether > MOST_ALTOGETHER)
      return tooMuch(at(index), 'It holds too much to be checked at once', 'Write it as several files.')
  }
  return ok(undefined)
}

const OPENING = '([{'
const CLOSING = ')]}'

/** Comments, strings as Cedar ends them, a quotation mark that ends nothing, and what a policy grows with. */
const TOKEN = /\/\/[^\n\r]*|"(?:\\.|[^"\\])*"|"|\|\||&&|\bif\b|[([{)\]};.!+*-]/g

function tooMuch(where: string, what: string, remedy: string): Result<never> {
  return refused({
    code: 'invalid_configuration',
    rule: 'policy.text',
    message: `${where}: ${what}.`,
    remedy,
  })
}
