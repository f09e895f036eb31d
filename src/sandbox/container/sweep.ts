import type { Engine } from './engine.ts'

/** Removes this installation's containers except those of the ids in `alive`; returns the names of what it removed. */
export async function sweepContainers(
  engine: Engine,
  label: string,
  alive: ReadonlySet<string>,
): Promise<readonly string[]> {
  const prefix = `airlock-${label}-`
  const removed: string[] = []
  for (const { id, name } of await engine.list(`airlock=${label}`)) {
    const own = name.slice(prefix.length)
    if (alive.has(own)) continue
    await engine.remove(id)
    removed.push(name)
  }
  return removed
}
