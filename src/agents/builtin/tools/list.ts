import { tool } from 'ai'
import picomatch from 'picomatch'
import { z } from 'zod'
import { type Bench, refuse } from './bench.ts'
import { filesBelow } from './walk.ts'
import { locate } from './workspace-path.ts'

const MOST_FILES = 500

export function listTool(bench: Bench) {
  return tool({
    description: `Lists files below a directory, at most ${MOST_FILES}. Dependencies and build output are left out.`,
    inputSchema: z.strictObject({
      directory: z.string().default('.').describe('Relative to the workspace'),
      glob: z.string().max(512).optional().describe('Only paths that match, such as `src/**/*.js`'),
    }),
    execute: async ({ directory, glob }) => {
      const place = await locate(bench, directory)
      if (!place.inside) return refuse(bench, place.refusal)
      const matches = glob === undefined ? () => true : picomatch(glob, { dot: true })
      const files: string[] = []
      for await (const file of filesBelow(place.absolute, bench.workspace)) {
        if (!matches(file.relative)) continue
        if (files.length === MOST_FILES) return { files, more: true }
        files.push(file.relative)
      }
      return { files }
    },
  })
}
