import type { z } from 'zod'

const LARGEST_BRIEF = 4 * 1024 * 1024

/** Reads standard input to its end as the brief of a guest program; undefined when it is none. */
export async function readBrief<Brief extends z.ZodType>(
  schema: Brief,
): Promise<z.output<Brief> | undefined> {
  const brief = schema.safeParse(parseJson(await readInput()))
  return brief.success ? brief.data : undefined
}

async function readInput(): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of process.stdin) {
    size += chunk.length
    if (size > LARGEST_BRIEF) return ''
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
