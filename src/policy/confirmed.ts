/**
 * What somebody said along with a request, after they were asked to confirm it. A second factor was looked at, and used
 * up, where the request came in: that it stands here is the proof.
 */
export type Confirmed =
  | { readonly method: 'yes' }
  | { readonly method: 'code'; readonly code: string }
  | { readonly method: 'second-factor' }

/** Reads `yes` or `code 4f9c2a`; anything else confirms nothing. A second factor is never just read. */
export function readConfirmation(text: string | undefined): Confirmed | undefined {
  if (text === 'yes') return { method: 'yes' }
  const code = /^code ([0-9a-f]{6})$/.exec(text ?? '')?.[1]
  return code === undefined ? undefined : { method: 'code', code }
}
