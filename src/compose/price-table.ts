import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import type { ModelPrice } from '#gateway/prices.ts'
import { AirlockError } from '#kernel/failure.ts'

const PriceTable = z.record(
  z.string().regex(/^[a-z0-9-]+\/.+$/, 'must be provider/model, or provider/* for all of its models'),
  z.strictObject({
    input: z.number().min(0),
    output: z.number().min(0),
    cacheRead: z.number().min(0).optional(),
    cacheWrite: z.number().min(0).optional(),
  }),
)

/**
 * The administrator's own prices, in USD per million tokens: `prices.json` in the data directory, such as
 * `{"ollama/*": {"input": 0, "output": 0}}`. They win over the public list; a model in neither costs the ceiling.
 */
export async function readPriceTable(dataDirectory: string): Promise<Readonly<Record<string, ModelPrice>>> {
  const file = join(dataDirectory, 'prices.json')
  const text = await readFile(file, 'utf8').catch(() => undefined)
  if (text === undefined) return {}
  const parsed = PriceTable.safeParse(parseJson(text))
  if (parsed.success) return parsed.data as Readonly<Record<string, ModelPrice>>
  const problem = parsed.error.issues[0]
  throw new AirlockError({
    code: 'invalid_configuration',
    message:
      `${file} is not a table of prices: ${problem?.path.join('.') ?? ''} ${problem?.message ?? ''}`.trim(),
    remedy: 'Write it as {"provider/model": {"input": 3, "output": 15}}, in USD per million tokens.',
  })
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
