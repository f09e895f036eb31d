/** Finds what was filed under dotted paths. `*.name` stands for any receiver, `*` inside for one segment, `{a,b}` for either. */
export class PathIndex<T> {
  readonly #byLast = new Map<string, { readonly segments: readonly string[]; readonly item: T }[]>()
  readonly #open: { readonly segments: readonly string[]; readonly item: T }[] = []
  #order = 0
  readonly #orders = new Map<T, number>()

  add(pattern: string, item: T): void {
    if (!this.#orders.has(item)) this.#orders.set(item, this.#order++)
    for (const path of alternatives(pattern)) {
      const segments = path.split('.')
      const last = segments.at(-1) ?? ''
      const entry = { segments, item }
      if (last === '*') this.#open.push(entry)
      else this.#byLast.set(last, [...(this.#byLast.get(last) ?? []), entry])
    }
  }

  /** Whether anything could be under a path that ends in this name. */
  knows(last: string): boolean {
    return this.#open.length > 0 || this.#byLast.has(last)
  }

  /** All items that one of the paths meets, each once, in the order they were filed. */
  find(paths: readonly string[]): T[] {
    const found = new Set<T>()
    for (const path of paths) {
      const at = path.lastIndexOf('.')
      const last = at < 0 ? path : path.slice(at + 1)
      const near = this.#byLast.get(last)
      if (near === undefined && this.#open.length === 0) continue
      const segments = path.split('.')
      for (const { segments: pattern, item } of [...(near ?? []), ...this.#open])
        if (meets(pattern, segments)) found.add(item)
    }
    return [...found].sort((a, b) => (this.#orders.get(a) ?? 0) - (this.#orders.get(b) ?? 0))
  }

  has(paths: readonly string[]): boolean {
    return this.find(paths).length > 0
  }
}

function meets(pattern: readonly string[], path: readonly string[]): boolean {
  const anywhere = pattern[0] === '*' && pattern.length > 1
  const rest = anywhere ? pattern.slice(1) : pattern
  if (anywhere ? path.length <= rest.length : path.length !== rest.length) return false
  const from = path.length - rest.length
  return rest.every((segment, index) => segment === '*' || segment === path[from + index])
}

/** `a.{b,c}` as `a.b` and `a.c`. */
export function alternatives(pattern: string): string[] {
  const brace = /^([^{]*)\{([^}]*)\}(.*)$/.exec(pattern)
  if (brace === null) return [pattern]
  const [, head = '', choices = '', tail = ''] = brace
  return choices.split(',').flatMap((choice) => alternatives(head + choice.trim() + tail))
}
