import { spawn } from 'node:child_process'
import { AirlockError, failureOf } from '#kernel/failure.ts'

/** Runs one of the host's own programs (mount, cp, rm, …) to its end; throws with its words when it fails. */
export function hostProgram(program: string, args: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C' },
      cwd: '/',
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    child.on('error', reject)
    if (child.pid === undefined) return // not started, and then without any stream
    let words = ''
    child.stderr.on('data', (chunk: Buffer) => {
      if (words.length < 2_000) words += chunk.toString('utf8')
    })
    child.on('close', (code) => {
      if (code === 0) resolve()
      else reject(failed(program, code, words.trim()))
    })
  })
}

function failed(program: string, code: number | null, words: string): Error {
  if (/No space left on device|Disk quota exceeded/.test(words))
    return new AirlockError(failureOf(Object.assign(new Error(words), { code: 'ENOSPC' })))
  return new Error(`${program} failed with exit code ${code}: ${words}`)
}
