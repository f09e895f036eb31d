import { tool } from 'ai'
import { z } from 'zod'
import { type Bench, failed, refuse } from './bench.ts'
import { readText } from './text-file.ts'
import { locate } from './workspace-path.ts'

const MOST_LINES = 1_000
const MOST_CHARACTERS = 60_000

export function readTool(bench: Bench) {
  return tool({
    description: `Reads a text file with line numbers, at most ${MOST_LINES} lines at a time.`,
    inputSchema: z.strictObject({
      path: z.string().min(1),
      from: z.int().min(1).default(1).describe('First line'),
      to: z.int().min(1).optional().describe('Last line'),
    }),
    execute: async ({ path, from, to }) => {
      const place = await locate(bench, path)
      if (!place.inside) return refuse(bench, place.refusal)
      const read = await readText(place.absolute)
      if ('error' in read) return failed(read.error)
      const lines = read.text.split('\n')
      const last = Math.min(to ?? lines.length, from + MOST_LINES - 1, lines.length)
      const text = lines
        .slice(from - 1, last)
        .map((line, index) => `${from + index}\t${line}`)
        .join('\n')
        .slice(0, MOST_CHARACTERS)
      bench.report({ kind: 'event', body: { kind: 'file', action: 'read', path: place.relative } })
      return { path: place.relative, lines: lines.length, text }
    },
  })
}
