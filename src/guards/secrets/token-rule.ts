import type { Confidence } from './finding.ts'

/** The token of one maker, by its shape; the reason shown to people names the maker. */
export interface TokenRule {
  readonly name: string
  readonly maker: string
  readonly shapes: readonly string[]
  readonly confidence: Confidence
  /** The class of its findings, if it is not that of makers' tokens. */
  readonly class?: string
  /** Texts that only resemble the token, with random parts written as in shapes; the true examples are made from the shapes. */
  readonly near: readonly string[]
  /** The checksum within the token: a right one makes the finding certain, a wrong one takes certainty from it. */
  readonly checksum?: (token: string) => boolean
}

export function token(
  name: string,
  maker: string,
  shapes: readonly string[],
  near: readonly string[],
): TokenRule {
  return { name, maker, shapes, near, confidence: 'high' }
}
