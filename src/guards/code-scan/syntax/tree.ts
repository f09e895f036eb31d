/** The members of ast-grep's node that the scan uses. */
export interface Syntax {
  kind(): string
  text(): string
  range(): { readonly start: Place; readonly end: Place }
  children(): Syntax[]
  namedChildren(): Syntax[]
  field(name: string): Syntax | null
  fieldChildren(name: string): Syntax[]
  findAll(rule: { readonly rule: object; readonly constraints?: object }): Syntax[]
  has(rule: { readonly rule: object }): boolean
  isNamed(): boolean
  parent(): Syntax | null
}

/** Counted from 0; `index` in UTF-16 units, as a JavaScript string counts. */
export interface Place {
  readonly line: number
  readonly column: number
  readonly index: number
}

export interface Span {
  readonly start: Place
  readonly end: Place
}
