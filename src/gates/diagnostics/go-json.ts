/** The text inside the events of `go test -json`; other output comes back as it is. */
export function goTestText(output: string): string {
  if (!/^\{"Time":.*"Action":/m.test(output)) return output
  return output
    .split('\n')
    .map((line) => (line.startsWith('{') ? outputOf(line) : `${line}\n`))
    .join('')
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
