import { git } from './run-git.ts'

/** The bytes of many blobs in one run, by object name. The caller bounds their sizes first; throws when one is missing. */
export async function readBlobs(
  gitDirectory: string,
  objects: readonly string[],
): Promise<ReadonlyMap<string, Uint8Array>> {
  const blobs = new Map<string, Uint8Array>()
  if (objects.length === 0) return blobs
  const input = Buffer.from(`${objects.join('\n')}\n`)
  const output = await git({ gitDirectory, args: ['cat-file', '--batch'], input })
  // Each is `<object> <type> <size>`, a line break, the bytes, a line break.
  for (let at = 0; at < output.length; ) {
    const end = output.indexOf(0x0a, at)
    const [object = '', type, size = ''] = output.subarray(at, end).toString('latin1').split(' ')
    if (type !== 'blob') throw new Error(`git has no blob ${object}`)
    const start = end + 1
    blobs.set(object, output.subarray(start, start + Number(size)))
    at = start + Number(size) + 1
  }
  return blobs
}
