import { type Finding, finding } from './finding.ts'
import type { PlainOutput } from './plain-output.ts'

const PLACED = /^(\S+?):(\d+)(?::(\d+))?:? +(?:(fatal error|error|warning|note)\b(?:\[(\S+)\])?: *)?(\S.*)$/i
const COMMAND = /^::(error|warning)(?: ([^:]*))?::(.*)$/

/** `file:line:column: message` as compilers print it, and GitHub's `::error file=…,line=…::message`. */
export function parseProblemMatcher(output: PlainOutput): Finding[] {
  return output.lines.flatMap((text) => {
    const command = COMMAND.exec(text)
    if (command !== null) {
      const properties = new Map(
        (command[2] ?? '').split(',').map((pair) => pair.split('=', 2) as [string, string]),
      )
      const [file, line] = [properties.get('file'), properties.get('line')]
      return [finding({ tool: 'matcher', file, line, severity: command[1], message: command[3] ?? '' })]
    }
    const placed = PLACED.exec(text)
    if (placed === null || placed[4]?.toLowerCase() === 'note' || !looksLikePath(placed[1] ?? '')) return []
    const [, file, line, , severity, rule, message = ''] = placed
    return [finding({ tool: 'matcher', rule, file, line, severity, message })]
  })
}

function looksLikePath(text: string): boolean {
  return /[./]/.test(text) && !/^[a-z]+:\/\//i.test(text)
}
