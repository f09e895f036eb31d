import { repositoryPath } from './finding.ts'

const FRAME = /^\s+at (?:.*\()?(?:file:\/\/)?([^\s():][^():]*):(\d+):\d+\)?(?: \{)?$/

/** The outermost frame of a JavaScript stack inside the repository: the test file, whatever it called. */
export function testFrame(lines: readonly string[]): { file: string; line: string } | undefined {
  for (const text of lines.toReversed()) {
    const frame = FRAME.exec(text)
    const file = repositoryPath(frame?.[1] ?? '')
    const foreign =
      file === '' || file.startsWith('node:') || file.startsWith('/') || /(^|\/)node_modules\//.test(file)
    if (frame !== null && !foreign) return { file, line: frame[2] ?? '' }
  }
  return undefined
}
