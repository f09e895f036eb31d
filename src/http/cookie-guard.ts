import type { Failure } from '#kernel/failure.ts'

/** What a page of ours sends with everything that changes something: a form cannot, and another origin may not. */
export const BROWSER_HEADER = 'airlock-browser'

/** In which of their organisations somebody with a session asks. */
export const ORGANISATION_HEADER = 'airlock-organisation'

const SAFE = ['GET', 'HEAD']

/**
 * Refuses a request whose cookies a page of somebody else may have had sent. The cookie is `SameSite=Strict`; but another
 * port of this host is the same site, so a browser's own word about where a request came from counts, and must be there.
 */
export function refuseForged(
  method: string,
  header: (name: string) => string | undefined,
  origin: string,
): Failure | undefined {
  if (header('host')?.toLowerCase() !== new URL(origin).host) return forged(origin)
  const site = header('sec-fetch-site')
  if (site !== undefined && site !== 'same-origin') return forged(origin)
  const from = header('origin')
  if (from !== undefined && from !== origin) return forged(origin)
  const marked = header(BROWSER_HEADER) === '1'
  if (SAFE.includes(method)) return site !== undefined || marked ? undefined : forged(origin)
  return from === origin && marked ? undefined : forged(origin)
}

function forged(origin: string): Failure {
  return {
    code: 'permission_denied',
    message: 'This was sent from another page, or not by a page at all.',
    rule: 'http.same-origin',
    remedy: `Ask from a page of ${origin} with the header \`${BROWSER_HEADER}: 1\`, or with a token.`,
  }
}
