import { ADDRESS_HEADER } from './engine.ts'

/** What is taken of a browser's request: its cookies, its name for itself and the address it came from. */
export interface Browser {
  readonly cookie: string | undefined
  readonly userAgent: string | undefined
  readonly address: string
}

/** What the engine is told of a request, and nothing else of it; of its cookies only the named one, where one is named. */
export function headersOf(browser: Browser, origin: string, only?: string): Headers {
  const { userAgent, address } = browser
  const headers = new Headers({ origin, [ADDRESS_HEADER]: address })
  const cookies = [...ownCookies(browser, origin)].filter(([name]) => only === undefined || name === only)
  const prefix = prefixOf(origin)
  if (cookies.length > 0)
    headers.set('cookie', cookies.map(([name, value]) => `${prefix}${name}=${value}`).join('; '))
  if (userAgent !== undefined) headers.set('user-agent', userAgent.slice(0, 300))
  return headers
}

/** The value of a cookie that the engine signed, without its signature: good for looking something up, proves nothing. */
export function unsignedCookie(browser: Browser, origin: string, name: string): string | undefined {
  const value = ownCookies(browser, origin).get(name)
  return value === undefined ? undefined : decoded(value).replace(/\.[^.]*$/, '')
}

/** Has a browser keep something of ours, as strictly as the engine has it keep its own. */
export function ownCookie(origin: string, name: string, value: string, seconds: number): string {
  const secure = origin.startsWith('https://') ? '; Secure' : ''
  return `${prefixOf(origin)}${name}=${value}; Max-Age=${seconds}; Path=/; HttpOnly; SameSite=Strict${secure}`
}

/**
 * The cookies of this server, by their names without the prefix. The engine is given these and no others, so that it takes
 * none for ours that we do not: what stands there twice, or in a form that can be read in two ways, is not there.
 */
function ownCookies({ cookie }: Browser, origin: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  const twice = new Set<string>()
  const prefix = prefixOf(origin)
  for (const pair of (cookie ?? '').split(';')) {
    const [, key = '', value = ''] = /^ *([A-Za-z0-9._-]+)=([A-Za-z0-9._~!*'()%+/=-]*)$/.exec(pair) ?? []
    if (!key.startsWith(prefix)) continue
    const name = key.slice(prefix.length)
    if (found.has(name)) twice.add(name)
    found.set(name, value)
  }
  for (const name of twice) found.delete(name)
  return found
}

function prefixOf(origin: string): string {
  return origin.startsWith('https://') ? '__Host-airlock.' : 'airlock.'
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
