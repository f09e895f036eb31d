/**
 * Looks at the files of a change, one after the other. Standard input: a JSON list of `ChangedName`; the contents stand in the
 * workspace as `<number>.before` and `<number>.after`. Standard output: a line of JSON for each file, in that order, as the host's
 * src/tasks/scan-answer.ts reads it; written before the next file is begun, so that the host knows which one was the end of it.
 */
import { readFileSync } from 'node:fs'
import { text } from 'node:stream/consumers'
import { broughtIn } from '#guards/code-scan/brought-in.ts'

export interface ChangedName {
  /** What its contents are called in the workspace. */
  readonly number: number
  readonly path: string
  readonly previousPath?: string | undefined
  readonly hasBefore: boolean
}

/** Of all files together; of the others only how many they are. */
const MOST_FINDINGS = 200
/** What is longer takes too long to follow; nobody writes it by hand. */
const LONGEST_CODE = 2_000_000

const given = await text(process.stdin)
const files: readonly ChangedName[] = given === '' ? [] : JSON.parse(given)
let room = MOST_FINDINGS

for (const { number, path, previousPath, hasBefore } of files) {
  const { findings, standing } = broughtIn({
    path,
    previousPath,
    ...(hasBefore ? { before: readFileSync(`/workspace/${number}.before`) } : {}),
    after: readFileSync(`/workspace/${number}.after`),
    longest: LONGEST_CODE,
  })
  const weighty = findings.filter(({ severity }) => severity !== 'low')
  const told = weighty.slice(0, room)
  room -= told.length
  const answer = {
    findings: told.map(({ path: _, ...finding }) => finding),
    more: weighty.length - told.length,
    minor: findings.length - weighty.length,
    standing,
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`)
}
