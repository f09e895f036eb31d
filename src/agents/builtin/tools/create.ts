import { mkdir, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { tool } from 'ai'
import { z } from 'zod'
import { newSyntaxFault } from '#guards/syntax.ts'
import { type Bench, failed, refuse } from './bench.ts'
import { LARGEST_TEXT } from './text-file.ts'
import { locateForWriting } from './workspace-path.ts'

export function createTool(bench: Bench) {
  return tool({
    description: 'Writes a new file. An existing file is never replaced: use `edit` for those.',
    inputSchema: z.strictObject({ path: z.string().min(1), text: z.string().max(LARGEST_TEXT) }),
    execute: async ({ path, text }) => {
      const place = await locateForWriting(bench, path)
      if (!place.inside) return refuse(bench, place.refusal)
      const what = `create ${place.relative}`
      const fault = newSyntaxFault(place.relative, '', text)
      if (fault)
        return refuse(bench, {
          rule: 'edit.syntax',
          boundary: 'edit',
          what,
          reason: `The file would have a syntax error at line ${fault.line}, column ${fault.column}: ${fault.message}.`,
          remedy: 'Send the whole file again with complete, balanced code.',
        })
      try {
        await mkdir(dirname(place.absolute), { recursive: true })
        await writeFile(place.absolute, text, { flag: 'wx' })
      } catch (error) {
        const code = (error as NodeJS.ErrnoException).code
        if (code !== 'EEXIST') return failed(`The file cannot be written (${code}).`)
        return refuse(bench, {
          rule: 'edit.whole-file',
          boundary: 'edit',
          what,
          reason: 'The file exists; replacing it whole would hide what changed.',
          remedy: 'Read it and use `edit` for the lines that have to change.',
        })
      }
      bench.report({ kind: 'event', body: { kind: 'file', action: 'created', path: place.relative } })
      return { created: place.relative }
    },
  })
}
