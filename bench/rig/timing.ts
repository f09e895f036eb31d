/** The value below which that share of the values lies. */
export function at(values: readonly number[], share: number): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length * share)] ?? 0
}

/** Milliseconds from the start to the first output and to the end. Throws for another exit code than 0. */
export async function timed(
  action: (onOutput: () => void) => Promise<number>,
): Promise<{ first: number; end: number }> {
  const start = performance.now()
  let first = 0
  const code = await action(() => {
    first ||= performance.now() - start
  })
  if (code !== 0) throw new Error(`exit code ${code}`)
  return { first, end: performance.now() - start }
}
