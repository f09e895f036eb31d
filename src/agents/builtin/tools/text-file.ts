import { constants } from 'node:fs'
import { open } from 'node:fs/promises'

/** Larger files are data; no tool opens them. */
export const LARGEST_TEXT = 2 * 1024 * 1024

/** The text of a regular file, or why it has none. Never hangs on a pipe or a device, never follows a last link. */
export async function readText(absolute: string): Promise<{ text: string } | { error: string }> {
  let file: Awaited<ReturnType<typeof open>>
  try {
    file = await open(absolute, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW)
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    return { error: code === 'ENOENT' ? 'There is no such file.' : `The file cannot be opened (${code}).` }
  }
  try {
    const status = await file.stat()
    if (status.isDirectory()) return { error: 'This is a directory; use `list`.' }
    if (!status.isFile()) return { error: 'This is not a regular file.' }
    if (status.size > LARGEST_TEXT) return { error: `The file is larger than ${LARGEST_TEXT} bytes.` }
    const bytes = await file.readFile()
    if (bytes.subarray(0, 8_000).includes(0)) return { error: 'This is a binary file.' }
    const text = bytes.toString('utf8')
    return Buffer.from(text, 'utf8').equals(bytes) ? { text } : { error: 'The file is not UTF-8 text.' }
  } finally {
    await file.close()
  }
}
