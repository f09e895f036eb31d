import type { Span } from '../verdict.ts'

export type Language =
  | 'python'
  | 'perl'
  | 'ruby'
  | 'php'
  | 'javascript'
  | 'lua'
  | 'awk'
  | 'powershell'
  | 'other'

/** Program text given to an interpreter that is not a shell, and what a look at its words shows. */
export interface Code {
  readonly interpreter: string
  readonly language: Language
  readonly text: string
  /** Texts between quotes; those in pieces are put together, those in base64 or hexadecimal are also decoded. */
  readonly strings: readonly string[]
  /** Last names of what it calls or names: `system` for `os.system`. */
  readonly names: ReadonlySet<string>
  /** Texts that it hands to a shell or starts as a program. */
  readonly commands: readonly string[]
  /** Paths that it deletes with all below them; `*` stands for one that only the run shows. */
  readonly deletes: readonly string[]
  /** Paths that it opens for writing. */
  readonly writes: readonly string[]
  readonly startsPrograms: boolean
  readonly opensSockets: boolean
  readonly downloads: boolean
  readonly sends: boolean
  /** It runs a text as code, and the text is not simply written there. */
  readonly evaluates: boolean
  readonly decodes: boolean
  /** It names something only in pieces, such as `'sys' + 'tem'`. */
  readonly spliced: boolean
  readonly span?: Span | undefined
}
