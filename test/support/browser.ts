/** A browser as far as sign-in goes: follows redirects by GET, keeps cookies, sends forms as its own page would. */
export interface TestBrowser {
  readonly cookies: Map<string, string>
  get(path: string): Promise<Shown>
  /** Sends a form; `origin` is the page it stands on. */
  send(path: string, fields?: Readonly<Record<string, string>>, origin?: string): Promise<Shown>
  json(path: string, body: unknown): Promise<{ status: number; body: unknown }>
}

/** What is on the screen, at the address where the browser ended up. */
export interface Shown {
  readonly path: string
  readonly status: number
  readonly title: string
  readonly problem: string
  readonly text: string
  readonly headers: Headers
}

/** Answers requests: the app itself, or a server by the network. */
export interface Answering {
  request(url: string, init: RequestInit): Response | Promise<Response>
}

export function aBrowser(http: Answering, origin: string): TestBrowser {
  const cookies = new Map<string, string>()
  const ask = async (path: string, init: RequestInit & { readonly headers?: Record<string, string> }) => {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const headers = { ...init.headers, host: new URL(origin).host, ...(cookie === '' ? {} : { cookie }) }
    const response = await http.request(`${origin}${path}`, { ...init, headers })
    for (const text of response.headers.getSetCookie()) keep(cookies, text)
    return response
  }
  const show = async (path: string, response: Response): Promise<Shown> => {
    const location = response.headers.get('location')
    if (response.status >= 300 && response.status < 400 && location?.startsWith('/')) return get(location)
    const text = await response.text()
    const onwards = /<meta http-equiv="refresh" content="0; url=(\/[^"]*)">/.exec(text)?.[1]
    if (onwards !== undefined) return get(onwards.replaceAll('&amp;', '&'))
    return {
      path,
      status: response.status,
      title: inside(text, 'h1'),
      problem: /<p class="problem" role="alert">(.*?)<\/p>/s.exec(text)?.[1] ?? '',
      text,
      headers: response.headers,
    }
  }
  const get = async (path: string): Promise<Shown> => show(path, await ask(path, {}))
  return {
    cookies,
    get,
    send: async (path, fields = {}, from = origin) =>
      show(
        path,
        await ask(path, {
          method: 'POST',
          headers: { origin: from, 'content-type': 'application/x-www-form-urlencoded' },
          body: new URLSearchParams(fields).toString(),
        }),
      ),
    json: async (path, body) => {
      const response = await ask(path, {
        method: 'POST',
        headers: { origin, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      })
      return { status: response.status, body: await response.json() }
    },
  }
}

function keep(cookies: Map<string, string>, text: string): void {
  const [pair = '', ...attributes] = text.split('; ')
  const at = pair.indexOf('=')
  const [name, value] = [pair.slice(0, at), pair.slice(at + 1)]
  const over = attributes.some((attribute) => /^max-age=0$/i.test(attribute))
  if (over || value === '') cookies.delete(name)
  else cookies.set(name, value)
}

function inside(text: string, tag: string): string {
  return new RegExp(`<${tag}>(.*?)</${tag}>`, 's').exec(text)?.[1] ?? ''
}
