import type { EgressPreset } from '#contract/project-file.ts'

/** A file of the base commit as text; nothing when it is missing, too large or not text. */
export type ReadText = (path: string) => Promise<string | undefined>

/** What a detector looks at: the paths of the base commit and the text of a few of them. */
export interface Sources {
  readonly paths: ReadonlySet<string>
  readonly read: ReadText
}

/** What one ecosystem asks for. Gates in the order they should run: the quick ones first. */
export interface Detected {
  readonly ecosystem: 'node' | 'python' | 'go' | 'rust' | 'make'
  readonly setup: readonly string[]
  readonly egress: readonly EgressPreset[]
  readonly gates: readonly { readonly name: string; readonly run: string }[]
  readonly why: readonly string[]
}

/** A parsed package.json; every value is whatever the file holds. */
export type Manifest = Readonly<Record<string, unknown>>
