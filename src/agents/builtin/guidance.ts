import type { Bench } from './tools/bench.ts'
import { readText } from './tools/text-file.ts'
import { locate } from './tools/workspace-path.ts'

const LONGEST = 16_000

/** The repository's AGENTS.md, cut to a bound; undefined when there is none that can be read inside the workspace. */
export async function repositoryGuidance(bench: Bench): Promise<string | undefined> {
  const place = await locate(bench, 'AGENTS.md')
  if (!place.inside) return undefined
  const read = await readText(place.absolute)
  if ('error' in read) return undefined
  return read.text.length > LONGEST ? `${read.text.slice(0, LONGEST)}\n[cut here]` : read.text
}
