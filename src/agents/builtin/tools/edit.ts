import { writeFile } from 'node:fs/promises'
import { tool } from 'ai'
import { z } from 'zod'
import { newSyntaxFault } from '#guards/syntax.ts'
import { type Bench, failed, refuse } from './bench.ts'
import { readText } from './text-file.ts'
import { locateForWriting } from './workspace-path.ts'

/** Above this share of a file an edit is a rewrite: nobody can review what was really changed. */
const BLUNT_LINES = 120
const BLUNT_SHARE = 0.9

export function editTool(bench: Bench) {
  return tool({
    description:
      'Replaces text in an existing file. `old` must occur exactly once, character for character, without line numbers. An edit that breaks the syntax of the file is refused.',
    inputSchema: z.strictObject({
      path: z.string().min(1),
      old: z.string().min(1),
      new: z.string(),
    }),
    execute: async ({ path, old, new: replacement }) => {
      const place = await locateForWriting(bench, path)
      if (!place.inside) return refuse(bench, place.refusal)
      const read = await readText(place.absolute)
      if ('error' in read) return failed(read.error)
      const before = read.text
      const at = before.indexOf(old)
      const what = `edit ${place.relative}`
      if (at < 0)
        return failed('`old` does not occur in the file. Read the file again and copy the text exactly.')
      if (before.indexOf(old, at + 1) >= 0)
        return failed('`old` occurs more than once. Include more of the lines around it.')
      if (old === replacement) return failed('`old` and `new` are the same.')
      if (isBlunt(before, old))
        return refuse(bench, {
          rule: 'edit.whole-file',
          boundary: 'edit',
          what,
          reason: 'The edit replaces nearly the whole file.',
          remedy: 'Edit only the lines that have to change, in several small edits.',
        })
      const after = before.slice(0, at) + replacement + before.slice(at + old.length)
      const fault = newSyntaxFault(place.relative, before, after)
      if (fault)
        return refuse(bench, {
          rule: 'edit.syntax',
          boundary: 'edit',
          what,
          reason: `After the edit the file has a syntax error at line ${fault.line}, column ${fault.column}: ${fault.message}.`,
          remedy: 'Send the edit again with complete, balanced code.',
        })
      const problem = await write(place.absolute, after)
      if (problem !== undefined) return failed(problem)
      bench.report({ kind: 'event', body: { kind: 'file', action: 'edited', path: place.relative } })
      return { edited: place.relative, line: before.slice(0, at).split('\n').length }
    },
  })
}

function isBlunt(before: string, old: string): boolean {
  return before.split('\n').length > BLUNT_LINES && old.length > before.length * BLUNT_SHARE
}

async function write(absolute: string, text: string): Promise<string | undefined> {
  try {
    await writeFile(absolute, text)
    return undefined
  } catch (error) {
    return `The file cannot be written (${(error as NodeJS.ErrnoException).code}).`
  }
}
