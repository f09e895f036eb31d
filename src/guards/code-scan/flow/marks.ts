/** Whether a decorator or annotation is one of these; `*.get` is any object's `get`. */
export function isNamed(name: string, patterns: readonly string[] | undefined): boolean {
  const last = name.split('.').at(-1)
  return (
    patterns?.some((pattern) =>
      pattern.startsWith('*.') ? name.includes('.') && last === pattern.slice(2) : last === pattern,
    ) === true
  )
}
