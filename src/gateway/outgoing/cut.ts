import type { Piece } from './flat-text.ts'

/** A secret that was taken out of a prompt. */
export interface Redacted {
  /** What stands there instead; the same secret always gets the same, so that a provider's cache of the prompt holds. */
  readonly placeholder: string
  /** In which dress it was: `in base64`; empty where it stood as it is. */
  readonly dress: string
}

export interface RedactedPrompt {
  /** The very buffer that came, where nothing was found. */
  readonly body: Buffer
  readonly redacted: readonly Redacted[]
}

/** A piece to take out of a prompt, and what to put there. */
export interface Cut extends Piece, Redacted {
  /** False for the further pieces of a secret that was split: they are only taken out. */
  readonly leads: boolean
}

/** The prompt with each cut replaced by its placeholder; of cuts that overlap the first counts. */
export function withoutCuts(body: Buffer, cuts: readonly Cut[]): RedactedPrompt {
  const parts: Buffer[] = []
  const redacted: Redacted[] = []
  let at = 0
  for (const cut of cuts.toSorted((a, b) => a.start - b.start || b.end - a.end)) {
    if (cut.start < at) continue
    parts.push(body.subarray(at, cut.start))
    if (cut.leads) {
      parts.push(Buffer.from(cut.placeholder))
      redacted.push({ placeholder: cut.placeholder, dress: cut.dress })
    }
    at = cut.end
  }
  return { body: Buffer.concat([...parts, body.subarray(at)]), redacted }
}

/** `[airlock:secret:git-password]`: letters that need no escape in any JSON. */
export function placeholderOf(name: string): string {
  const plain = name
    .toLowerCase()
    .replace(/[^a-z0-9:]+/g, '-')
    .slice(0, 80)
  return `[airlock:secret:${plain}]`
}
