import { createContext, Script } from 'node:vm'
import { tool } from 'ai'
import picomatch from 'picomatch'
import { z } from 'zod'
import { type Bench, failed, refuse } from './bench.ts'
import { readText } from './text-file.ts'
import { filesBelow } from './walk.ts'
import { locate } from './workspace-path.ts'

const MOST_MATCHES = 200
const LONGEST_LINE = 300
const FILE_MILLISECONDS = 1_000

export function searchTool(bench: Bench) {
  return tool({
    description: `Searches the text of files, line by line; at most ${MOST_MATCHES} matches as \`path:line: text\`.`,
    inputSchema: z.strictObject({
      pattern: z.string().min(1).max(1_000),
      regex: z.boolean().default(false).describe('Read the pattern as a JavaScript regular expression'),
      ignoreCase: z.boolean().default(false),
      directory: z.string().default('.'),
      glob: z.string().max(512).optional().describe('Only files that match, such as `**/*.ts`'),
    }),
    execute: async ({ pattern, regex, ignoreCase, directory, glob }) => {
      const place = await locate(bench, directory)
      if (!place.inside) return refuse(bench, place.refusal)
      const find = lineFinder(pattern, regex, ignoreCase)
      if (!find) return failed('The pattern is not a regular expression.')
      const wanted = glob === undefined ? () => true : picomatch(glob, { dot: true })
      const matches: string[] = []
      for await (const file of filesBelow(place.absolute, bench.workspace)) {
        if (bench.signal.aborted) break
        if (!wanted(file.relative)) continue
        const read = await readText(file.absolute)
        if ('error' in read) continue
        for (const [number, line] of find(read.text)) {
          if (matches.length === MOST_MATCHES) return { matches, more: true }
          matches.push(`${file.relative}:${number}: ${line.slice(0, LONGEST_LINE)}`)
        }
      }
      return { matches }
    },
  })
}

type LineFinder = (text: string) => [number: number, line: string][]

function lineFinder(pattern: string, regex: boolean, ignoreCase: boolean): LineFinder | undefined {
  try {
    const source = regex ? pattern : pattern.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
    const expression = new RegExp(source, ignoreCase ? 'iu' : 'u')
    return (text) => linesMatching(text, expression)
  } catch {
    return undefined
  }
}

/** Run with a time limit: a pattern that backtracks for ever ends the search of one file, not of the agent. */
function linesMatching(text: string, expression: RegExp): [number, string][] {
  const context = createContext({ lines: text.split('\n'), expression, found: [] as number[] })
  try {
    new Script(
      'for (let i = 0; i < lines.length && found.length <= 200; i++) if (expression.test(lines[i])) found.push(i)',
    ).runInContext(context, { timeout: FILE_MILLISECONDS })
  } catch {
    // Timed out: what was found until then stands.
  }
  const { lines, found } = context as unknown as { lines: string[]; found: number[] }
  return found.map((index) => [index + 1, lines[index] ?? ''])
}
