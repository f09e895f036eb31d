import { git } from './run-git.ts'

/** The size in bytes of each object. Throws when one is missing: a bound must not pass by ignorance. */
export async function objectSizes(
  gitDirectory: string,
  objects: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  if (objects.length === 0) return new Map()
  const output = await git({
    gitDirectory,
    args: ['cat-file', '--batch-check=%(objectname) %(objectsize)'],
    input: Buffer.from(`${objects.join('\n')}\n`),
  })
  const sizes = new Map<string, number>()
  for (const line of output.toString('latin1').trimEnd().split('\n')) {
    const [object = '', size = ''] = line.split(' ')
    if (!/^\d+$/.test(size)) throw new Error(`git does not know the size of ${object}`)
    sizes.set(object, Number(size))
  }
  return sizes
}
