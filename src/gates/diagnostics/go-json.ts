import type { PlainOutput } from './plain-output.ts'

/** The lines inside the events of `go test -json`; other output comes back as it is. */
export function goTestLines({ lines, text }: PlainOutput): readonly string[] {
  if (!/^\{"Time":.*"Action":/m.test(text)) return lines
  return lines
    .map((line) => (line.startsWith('{') ? outputOf(line) : `${line}\n`))
    .join('')
    .split('\n')
}

function outputOf(line: string): string {
  try {
    const event: unknown = JSON.parse(line)
    if (typeof event !== 'object' || event === null || !('Output' in event)) return ''
    return String(event.Output)
  } catch {
    return ''
  }
}
