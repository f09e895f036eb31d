import type { ScanClass } from './class.ts'
import type { Constant } from './syntax/program.ts'

export const SEVERITIES = ['low', 'medium', 'high', 'critical'] as const
export type Severity = (typeof SEVERITIES)[number]
export type OriginName = 'unknown' | 'parameter' | 'local' | 'remote' | 'never'

/** One rule as its data file says it; its examples stand behind the first `---` of the file and are read by tests. */
export interface ScanRule {
  readonly id: string
  readonly class: ScanClass
  readonly cwe: number
  readonly severity: Severity
  readonly message: string
  readonly fix: string
  /** Any of these. */
  readonly when: readonly Sighting[]
}

/** What a rule looks for. Exactly one of `call`, `assign`, `read` and `search` is given. */
export interface Sighting {
  /** Dotted paths of what is called; `*.name` is any receiver. */
  readonly call?: readonly string[]
  /** Dotted paths of what is assigned to. */
  readonly assign?: readonly string[]
  /** Dotted paths that must not be used at all. */
  readonly read?: readonly string[]
  /** A record of this type (Go, C#), or any record when `*`, that meets `where`. */
  readonly record?: readonly string[]
  /** What a function gives back. */
  readonly returns?: boolean
  /** The function around bears one of these decorators or annotations. */
  readonly marked?: readonly string[]
  /** What stands in a line of a template of one of these files; its first group is the value. */
  readonly text?: string
  readonly files?: string
  /** A rule of ast-grep's own language. */
  readonly search?: object
  readonly constraints?: object
  /** Only for `new` (true) or only without it (false). */
  readonly creates?: boolean
  /** The arguments (number, name, `receiver`, `any`, `rest:1`) that must not carry what somebody controls. */
  readonly taint?: readonly (string | number)[]
  /** The weakest origin that counts when the value is the argument as a whole. */
  readonly whole?: OriginName
  /** The weakest origin that counts when the value stands inside of a longer text. */
  readonly built?: OriginName
  /** What the arguments must be: selector -> condition. All must hold. */
  readonly where?: Readonly<Record<string, Condition>>
  /** The last name of what is assigned to matches (what a credential is called). */
  readonly target?: string
  /** The constant text it begins with must match: only then is it a query, a command, markup. */
  readonly prefix?: string
  /** Words of which a file must have one, where the sighting's paths do not say. */
  readonly words?: readonly string[]
  /** The name of the function around, or the lines it stands on, must match (or must not). */
  readonly near?: string
  readonly notNear?: string
  /** The text of the function around must match (or must not). */
  readonly inFunction?: string
  readonly notInFunction?: string
  /** The text of the whole file must match (or must not). */
  readonly inFile?: string
  readonly notInFile?: string
  /** The text before the value inside of the longer text must match: what is safe where a path begins is not elsewhere. */
  readonly after?: string
  readonly notAfter?: string
  /** Behind such text the value can do no harm, whoever controls it: behind the `?` of an address it chooses no host. */
  readonly harmlessAfter?: string
  /** Constant text at the beginning that makes it harmless (a host, a directory). */
  readonly notPrefix?: string
  readonly severity?: Severity
}

export type Condition = Constant | ConditionObject

export interface ConditionObject {
  /** A constant that matches. */
  readonly matches?: string
  readonly not?: Constant
  readonly notMatches?: string
  readonly missing?: boolean
  readonly given?: boolean
  readonly constant?: boolean
  readonly dynamic?: boolean
  readonly below?: number
  /** The dotted path or type of the value. */
  readonly path?: string
  /** This condition, or the argument is missing. */
  readonly orMissing?: boolean
}

/** What a language's frameworks mean: where values come from, what makes them harmless, what calls give. */
export interface Model {
  readonly remote: readonly string[]
  /** The same, but always text: no object can come that way. */
  readonly remoteText: readonly string[]
  /** Expressions of how a source may be written beside its path. */
  readonly sourceWords: readonly string[]
  readonly local: readonly string[]
  /** Parameters of functions that carry one of these marks come from far away. */
  readonly handlers: readonly Handler[]
  /** class (or `all`) -> calls that make their result harmless for it. */
  readonly clears: Readonly<Record<string, readonly string[]>>
  /** Calls whose result says nothing about their arguments. */
  readonly harmless: readonly string[]
  /** Calls that put a format and its values together. */
  readonly formats: readonly string[]
  /** Calls that print by a format -> the place of the format among the arguments. */
  readonly prints: Readonly<Record<string, number>>
  /** Calls that hand on what they are given, though their name sounds like a look-up. */
  readonly passes: readonly string[]
  /** call -> type of what it gives. */
  readonly types: Readonly<Record<string, string>>
}

export interface Handler {
  /** Marks of the function (decorators, annotations). */
  readonly marks?: readonly string[]
  /** Marks of the parameter itself. */
  readonly parameterMarks?: readonly string[]
  /** Base classes of the class it belongs to. */
  readonly bases?: readonly string[]
  readonly types?: readonly string[]
  readonly names?: readonly string[]
  /** The name of the function matches. */
  readonly functions?: string
  /** Not these parameters. */
  readonly notTypes?: string
  readonly notNames?: string
  /** The dotted path that the parameter then has (a request object), instead of being remote itself. */
  readonly path?: string
}
