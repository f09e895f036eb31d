/**
 * The JSON array of objects that starts on a line of its own with `start`, which scripts often surround with their own lines.
 * Nothing when there is none; its members are whatever repository code printed.
 */
export function jsonArrayIn<T extends object>(
  output: string,
  start: string,
): readonly Partial<T>[] | undefined {
  const lines = output.split('\n')
  const first = lines.findIndex((line) => line.startsWith(start))
  if (first === -1) return undefined
  const last = lines.findLastIndex((line) => line.endsWith(']'))
  for (const end of new Set([first, last, lines.length - 1])) {
    const members = parseArray(lines.slice(first, end + 1).join('\n'))
    if (members !== undefined)
      return members.filter((member) => typeof member === 'object' && member !== null)
  }
  return undefined
}

function parseArray<T>(text: string): T[] | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return Array.isArray(value) ? value : undefined
  } catch {
    return undefined
  }
}
