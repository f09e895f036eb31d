import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { z } from 'zod'

/** What the gateway keeps beside its sockets; only what is needed here is asked for. */
const BudgetNote = z.object({
  wrapUp: z.boolean(),
  budgets: z.array(
    z.object({ of: z.string(), dimension: z.string(), used: z.number(), limit: z.number() }).loose(),
  ),
})

/** Asked before each step: words for the model once so much of a budget is used that it should finish, and no second time. */
export function wrapUpReminder(socket: string): () => Promise<string | undefined> {
  const file = join(dirname(socket), 'budget.json')
  let said = false
  return async () => {
    if (said) return undefined
    const note = BudgetNote.safeParse(parseJson(await readFile(file, 'utf8').catch(() => '')))
    if (!note.success || !note.data.wrapUp) return undefined
    said = true
    return words(note.data)
  }
}

function words({ budgets }: z.infer<typeof BudgetNote>): string {
  const near = budgets.filter(({ used, limit }) => limit > 0 && used >= limit * 0.8)
  const shares = near.map(
    ({ of, dimension, used, limit }) => `${Math.floor((100 * used) / limit)} % of the ${dimension} of ${of}`,
  )
  return `Note from Airlock: ${shares.join(', ')} is used up. When it is gone, no further call is answered. Finish what you are doing, leave the files in a state that works, and end with your summary. Start nothing new.`
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
