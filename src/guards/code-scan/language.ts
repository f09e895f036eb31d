import { maskOf } from './class.ts'
import { expression } from './flow/conditions-of-rules.ts'
import { alternatives, PathIndex } from './flow/path-index.ts'
import type { Handler, Model, ScanRule, Sighting } from './rule.ts'
import { searchWords, type Words, wordsOf } from './words.ts'

/** A sighting with its expressions made ready. */
export interface CompiledSighting {
  readonly rule: ScanRule
  readonly sighting: Sighting
  readonly near: RegExp | undefined
  readonly notNear: RegExp | undefined
  readonly inFunction: RegExp | undefined
  readonly notInFunction: RegExp | undefined
  readonly inFile: RegExp | undefined
  readonly notInFile: RegExp | undefined
  readonly after: RegExp | undefined
  readonly notAfter: RegExp | undefined
  readonly harmlessAfter: RegExp | undefined
  readonly notPrefix: RegExp | undefined
  readonly prefix: RegExp | undefined
  readonly target: RegExp | undefined
}

/** What a rule may look at while values are followed. */
export type Seen = 'call' | 'assign' | 'record' | 'read' | 'return'

/** Everything the scan knows of one language: its rules and what its frameworks mean, ready to be asked. */
export interface Language {
  readonly rules: readonly ScanRule[]
  /** In Ruby a name alone may be a call. */
  readonly callsAreBracketed: boolean
  readonly sightings: Readonly<Record<Seen, PathIndex<CompiledSighting>>>
  readonly searches: readonly (CompiledSighting & { readonly words: RegExp | undefined })[]
  readonly remote: PathIndex<true>
  readonly remoteText: PathIndex<true>
  readonly local: PathIndex<true>
  readonly harmless: PathIndex<true>
  readonly formats: PathIndex<true>
  readonly passes: PathIndex<true>
  /** Calls that print by a format, and which argument it is. */
  readonly prints: PathIndex<number>
  readonly clears: PathIndex<number>
  readonly types: PathIndex<string>
  readonly handlers: readonly Handler[]
  readonly words: Words
}

export function compileLanguage(
  rules: readonly ScanRule[],
  models: readonly Partial<Model>[],
  callsAreBracketed: boolean,
): Language {
  const sightings = {
    call: new PathIndex<CompiledSighting>(),
    assign: new PathIndex<CompiledSighting>(),
    record: new PathIndex<CompiledSighting>(),
    read: new PathIndex<CompiledSighting>(),
    return: new PathIndex<CompiledSighting>(),
  }
  const searches: (CompiledSighting & { words: RegExp | undefined })[] = []
  for (const rule of rules)
    for (const sighting of rule.when) {
      const compiled = compileSighting(rule, sighting)
      if (sighting.returns === true) sightings.return.add('return', compiled)
      for (const kind of ['call', 'assign', 'record', 'read'] as const)
        for (const pattern of sighting[kind] ?? []) sightings[kind].add(pattern, compiled)
      if (sighting.search !== undefined)
        searches.push({
          ...compiled,
          words: sighting.words === undefined ? undefined : searchWords(sighting.words),
        })
    }
  return {
    rules,
    callsAreBracketed,
    sightings,
    searches,
    remote: indexOf(models.flatMap(({ remote }) => remote ?? [])),
    remoteText: indexOf(models.flatMap(({ remoteText }) => remoteText ?? [])),
    local: indexOf(models.flatMap(({ local }) => local ?? [])),
    harmless: indexOf(models.flatMap(({ harmless }) => harmless ?? [])),
    formats: indexOf(models.flatMap(({ formats }) => formats ?? [])),
    passes: indexOf(models.flatMap(({ passes }) => passes ?? [])),
    prints: keyed(models.map(({ prints }) => prints)),
    clears: clearsOf(models),
    types: keyed(models.map(({ types }) => types)),
    handlers: models.flatMap(({ handlers }) => handlers ?? []),
    words: wordsOf(rules, models, callsAreBracketed),
  }
}

function compileSighting(rule: ScanRule, sighting: Sighting): CompiledSighting {
  const ready = (text: string | undefined) => (text === undefined ? undefined : expression(text))
  return {
    rule,
    sighting,
    near: ready(sighting.near),
    notNear: ready(sighting.notNear),
    inFunction: ready(sighting.inFunction),
    notInFunction: ready(sighting.notInFunction),
    inFile: ready(sighting.inFile),
    notInFile: ready(sighting.notInFile),
    after: ready(sighting.after),
    notAfter: ready(sighting.notAfter),
    harmlessAfter: ready(sighting.harmlessAfter),
    notPrefix: ready(sighting.notPrefix),
    prefix: ready(sighting.prefix),
    target: ready(sighting.target),
  }
}

function indexOf(patterns: readonly string[]): PathIndex<true> {
  const index = new PathIndex<true>()
  for (const pattern of patterns) index.add(pattern, true)
  return index
}

function clearsOf(models: readonly Partial<Model>[]): PathIndex<number> {
  const masks = new Map<string, number>()
  for (const { clears } of models)
    for (const [name, patterns] of Object.entries(clears ?? {}))
      for (const pattern of patterns.flatMap(alternatives))
        masks.set(pattern, (masks.get(pattern) ?? 0) | maskOf(name.split(/[ ,]+/)))
  const index = new PathIndex<number>()
  for (const [pattern, mask] of masks) index.add(pattern, mask)
  return index
}

function keyed<T>(tables: readonly (Readonly<Record<string, T>> | undefined)[]): PathIndex<T> {
  const index = new PathIndex<T>()
  for (const table of tables)
    for (const [pattern, item] of Object.entries(table ?? {})) index.add(pattern, item)
  return index
}
