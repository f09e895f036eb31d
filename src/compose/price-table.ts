import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import type { ModelPrice, PriceOptions } from '#gateway/prices.ts'
import { AirlockError } from '#kernel/failure.ts'

const Price = z.strictObject({
  input: z.number().min(0),
  output: z.number().min(0),
  cacheRead: z.number().min(0).optional(),
  cacheWrite: z.number().min(0).optional(),
})

const Unknown = z.union([z.literal('deny'), Price.extend({ input: z.number().positive() })])

const PriceTable = z.record(
  z.string().regex(/^[a-z0-9-]+\/.+$/, 'must be provider/model, or provider/* for all of its models'),
  Price,
)

/**
 * The administrator's own prices, in USD per million tokens: `prices.json` in the data directory, such as
 * `{"ollama/*": {"input": 0, "output": 0}}`. They win over the public list. A model in neither costs what stands under
 * `unknown`, a ceiling of 15 and 75 unless another is given; `"unknown": "deny"` refuses such calls instead.
 */
export async function readPriceTable(
  dataDirectory: string,
): Promise<Pick<PriceOptions, 'overrides' | 'unknown'>> {
  const file = join(dataDirectory, 'prices.json')
  const text = await readFile(file, 'utf8').catch(() => undefined)
  if (text === undefined) return {}
  const { unknown, ...models } = parseObject(text)
  const ceiling = Unknown.optional().safeParse(unknown)
  const overrides = PriceTable.safeParse(models)
  if (overrides.success && ceiling.success)
    return {
      overrides: overrides.data as Readonly<Record<string, ModelPrice>>,
      ...(ceiling.data === undefined ? {} : { unknown: ceiling.data as ModelPrice | 'deny' }),
    }
  const problem = (overrides.error ?? ceiling.error)?.issues[0]
  throw new AirlockError({
    code: 'invalid_configuration',
    message:
      `${file} is not a table of prices: ${problem?.path.join('.') ?? ''} ${problem?.message ?? ''}`.trim(),
    remedy: 'Write it as {"provider/model": {"input": 3, "output": 15}}, in USD per million tokens.',
  })
}

/** What is no object of prices becomes one that is none either, and is refused as such. */
function parseObject(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value }
  } catch {
    // refused below
  }
  return { 'the file': undefined }
}
