/** The first line that says something, with the next one when it only announces it: `Expected values to be strictly equal: 2 !== 3`. */
export function firstWords(lines: readonly string[]): string {
  const [first = '', second = ''] = lines.map((line) => line.trim()).filter((line) => line !== '')
  return first.endsWith(':') && !/^at |^\+ actual - expected$/.test(second)
    ? `${first} ${second}`.trim()
    : first
}
