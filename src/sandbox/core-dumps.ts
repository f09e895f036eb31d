import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

/**
 * From here on neither this process nor one that it starts leaves its memory in a file when it crashes. Node cannot set a limit
 * of its own: prlimit, which sandboxes need as well, does it from outside.
 */
export async function forbidCoreDumps(pid: number): Promise<void> {
  await promisify(execFile)('prlimit', ['--pid', `${pid}`, '--core=0:0'])
}
