import { z } from 'zod'

const GitObject = z.string().regex(/^[0-9a-f]{40}([0-9a-f]{24})?$/)
const DigestText = z.string().regex(/^sha256:[0-9a-f]{64}$/)

/** Paths are text for people; names that are not UTF-8 keep their bytes in `pathBytes` (base64). */
export const FileChange = z
  .strictObject({
    path: z.string(),
    previousPath: z.string().optional().describe('For a rename or copy'),
    pathBytes: z.string().optional(),
    kind: z.enum(['added', 'modified', 'deleted', 'renamed', 'copied', 'mode', 'type']),
    oldMode: z.string(),
    newMode: z.string(),
    binary: z.boolean(),
    additions: z.int(),
    deletions: z.int(),
  })
  .meta({ id: 'FileChange' })

export type FileChange = z.infer<typeof FileChange>

/** An out-of-scope or unsafe change that was undone before the patch existed. */
export const UndoneChange = z
  .strictObject({ path: z.string(), rule: z.string(), reason: z.string() })
  .meta({ id: 'UndoneChange' })

export type UndoneChange = z.infer<typeof UndoneChange>

/** What the agent made, as data. `digest` is over the exact bytes of the git patch from `base` to `tree`. */
export const PatchSummary = z
  .strictObject({
    id: z.string(),
    base: GitObject.describe('Base commit'),
    tree: GitObject.describe('Resulting tree'),
    digest: DigestText,
    bytes: z.int(),
    files: z.array(FileChange),
    undone: z.array(UndoneChange),
    origin: z.enum(['agent', 'reviewer']).describe('`reviewer` when files or hunks were dropped'),
  })
  .meta({ id: 'PatchSummary' })

export type PatchSummary = z.infer<typeof PatchSummary>

/** What a reviewer leaves out: whole files, or hunks of a file by their 0-based index in the patch. */
export const PatchSelection = z
  .strictObject({
    dropFiles: z.array(z.string()).default([]),
    dropHunks: z.array(z.strictObject({ path: z.string(), hunk: z.int().min(0) })).default([]),
  })
  .meta({ id: 'PatchSelection' })

export type PatchSelection = z.infer<typeof PatchSelection>
