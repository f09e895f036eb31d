import { withoutMakefile } from './makefile.ts'
import { Reader } from './reader.ts'
import type { Reading } from './reading.ts'

/** Reads a shell text into all that it would do. Never throws; what it cannot read stands in `unreadable`. */
export function readCommand(text: string): Reading {
  const reading = Reader.read(text)
  if (!reading.unreadable.some(({ kind }) => kind === 'syntax') || text.length > 4_096) return reading
  // `git checkout <branch>` out of a manual, `$(CC) -c $<` out of a makefile: no shell would run it, so it is judged by what
  // it says without them.
  const plain = withoutMakefile(text).replace(/<[a-zA-Z][\w ./:-]{0,60}>/g, (name) =>
    name.replace(/[<> ]/g, '_'),
  )
  const again = plain === text ? undefined : Reader.read(plain)
  return again && !again.unreadable.some(({ kind }) => kind === 'syntax') ? again : reading
}
