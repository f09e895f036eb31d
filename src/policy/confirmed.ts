/** What somebody said along with a request, after they were asked to confirm it. */
export type Confirmed = { readonly method: 'yes' } | { readonly method: 'code'; readonly code: string }

/** Reads `yes` or `code 4f9c2a`; anything else confirms nothing. */
export function readConfirmation(text: string | undefined): Confirmed | undefined {
  if (text === 'yes') return { method: 'yes' }
  const code = /^code ([0-9a-f]{6})$/.exec(text ?? '')?.[1]
  return code === undefined ? undefined : { method: 'code', code }
}
