import type { Value } from './value.ts'

/**
 * The values of names. A branch sees what stood before it and keeps its own changes apart, so that to branch costs
 * nothing. While a branch is alive, what it stands on does not change.
 */
export class Variables {
  readonly #under: Variables | undefined
  readonly #own: Map<string, Value | undefined>

  constructor(under?: Variables, own: ReadonlyMap<string, Value | undefined> = new Map()) {
    this.#under = under
    this.#own = new Map(own)
  }

  get(name: string): Value | undefined {
    for (let at: Variables | undefined = this; at !== undefined; at = at.#under) {
      const value = at.#own.get(name)
      if (value !== undefined || at.#own.has(name)) return value
    }
    return undefined
  }

  set(name: string, value: Value): void {
    this.#own.set(name, value)
  }

  forget(name: string): void {
    if (this.get(name) !== undefined) this.#own.set(name, undefined)
  }

  branch(): Variables {
    return new Variables(this)
  }

  /** As it is now, whatever is changed later. */
  snapshot(): Variables {
    return new Variables(this.#under, this.#own)
  }

  /** What changed since `base`, standing on it directly: later changes in between do not reach it. */
  flattened(base: Variables): Variables {
    return new Variables(base, new Map([...this.changedSince(base)].map((name) => [name, this.get(name)])))
  }

  /** The names that changed since it branched off from `base`. */
  changedSince(base: Variables): Set<string> {
    const names = new Set<string>()
    for (let at: Variables | undefined = this; at !== undefined && at !== base; at = at.#under)
      for (const name of at.#own.keys()) names.add(name)
    return names
  }
}
