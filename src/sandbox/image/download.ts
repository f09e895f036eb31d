import { type FileHandle, open } from 'node:fs/promises'
import type { Failure } from '#kernel/failure.ts'
import { ok, type Result, refused } from '#kernel/result.ts'
import type { HttpsAnswer } from './https.ts'
import { strange } from './registry-refusals.ts'

export interface Download {
  /** Asks for the content from this byte on. */
  readonly ask: (from: number) => Promise<HttpsAnswer>
  readonly size: number
  /** Must not be there yet. */
  readonly file: string
  /** For messages. */
  readonly from: string
  readonly denied: (answer: HttpsAnswer) => Promise<Failure>
}

const ATTEMPTS = 4

/** Fills a file with exactly so many bytes; a transfer that breaks off is taken up where it ended, a few times. */
export async function download(wanted: Download): Promise<Result<void>> {
  const handle = await open(wanted.file, 'wx', 0o644)
  try {
    let have = 0
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const answer = await wanted.ask(have)
      const from = startOf(answer, have)
      if (answer.status !== 200 && answer.status !== 206) return refused(await wanted.denied(answer))
      if (from === undefined) return refused(strange(wanted.from, 'sends another part than was asked for'))
      const { got, tooMuch } = await take(handle, answer, from, wanted.size)
      if (tooMuch) return refused(strange(wanted.from, 'sends more than it announced'))
      if (got === wanted.size) {
        await handle.truncate(got)
        return ok(undefined)
      }
      have = got
    }
    return refused(strange(wanted.from, 'broke off again and again'))
  } finally {
    await handle.close()
  }
}

/** Where what is sent begins: at the start when the server knows no ranges. */
function startOf(answer: HttpsAnswer, wanted: number): number | undefined {
  if (answer.status !== 206) return 0
  return answer.header('content-range')?.startsWith(`bytes ${wanted}-`) === true ? wanted : undefined
}

async function take(
  handle: FileHandle,
  { body }: HttpsAnswer,
  from: number,
  size: number,
): Promise<{ readonly got: number; readonly tooMuch: boolean }> {
  let got = from
  try {
    for await (const chunk of body) {
      if (got + chunk.length > size) return { got, tooMuch: true }
      await handle.write(chunk, 0, chunk.length, got)
      got += chunk.length
    }
  } catch (error) {
    if (isOfTheDisk(error)) throw error
  }
  return { got, tooMuch: false }
}

function isOfTheDisk(error: unknown): boolean {
  return error instanceof Error && 'code' in error && /^E(NOSPC|DQUOT|FBIG|IO|ROFS)$/.test(String(error.code))
}
