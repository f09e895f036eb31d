import { ADDRESS_HEADER } from './engine.ts'

/** What is taken of a browser's request: its cookies, its name for itself and the address it came from. */
export interface Browser {
  readonly cookie: string | undefined
  readonly userAgent: string | undefined
  readonly address: string
}

/** What the engine is told of a request, and nothing else of it. */
export function headersOf({ cookie, userAgent, address }: Browser, origin: string): Headers {
  const headers = new Headers({ origin, [ADDRESS_HEADER]: address })
  if (cookie !== undefined) headers.set('cookie', cookie)
  if (userAgent !== undefined) headers.set('user-agent', userAgent.slice(0, 300))
  return headers
}

/** The value of a cookie that the engine signed, without its signature: good for looking something up, proves nothing. */
export function unsignedCookie({ cookie }: Browser, name: string): string | undefined {
  for (const pair of (cookie ?? '').split(';')) {
    const [key, value] = pair.trim().split('=', 2)
    if (key?.replace(/^__Host-/, '') !== `airlock.${name}` || value === undefined) continue
    return decoded(value).replace(/\.[^.]*$/, '')
  }
  return undefined
}

/** The same browser once it has kept what it is told to keep. */
export function withCookies(browser: Browser, cookies: readonly string[]): Browser {
  const jar = new Map<string, string>()
  for (const pair of [
    ...(browser.cookie ?? '').split(';'),
    ...cookies.map((text) => text.split(';')[0] ?? ''),
  ]) {
    const at = pair.indexOf('=')
    if (at > 0) jar.set(pair.slice(0, at).trim(), pair.slice(at + 1).trim())
  }
  return { ...browser, cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; ') }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return ''
  }
}
