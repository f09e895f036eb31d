import type { ImageReference } from '#contract/image-reference.ts'
import { AirlockError, failureOf } from '#kernel/failure.ts'
import { ok, type Result, refused } from '#kernel/result.ts'
import { download } from './download.ts'
import { type Https, type HttpsAnswer, readUpTo } from './https.ts'
import { MOST_DOCUMENT } from './manifest.ts'
import { deniedBy, strange } from './registry-refusals.ts'
import { requestToken } from './registry-token.ts'
import type { ImageSource } from './source.ts'

const DOCUMENTS = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ')

const MOST_REDIRECTS = 5

/** A repository of a registry, read without an account (OCI distribution specification 1.1). */
export function registrySource(https: Https, { registry, repository }: ImageReference): ImageSource {
  // Where Docker Hub answers is not what it is called.
  const host = registry === 'docker.io' ? 'registry-1.docker.io' : registry
  const place = `https://${host}/v2/${repository}`
  let token: string | undefined

  /** Asks without a token, and with a new one when the registry wants that: tokens last for minutes, downloads longer. */
  const get = async (path: string, headers: Readonly<Record<string, string>>): Promise<HttpsAnswer> => {
    const url = new URL(`${place}${path}`)
    const bearing = () => (token === undefined ? headers : { ...headers, authorization: `Bearer ${token}` })
    const first = await https.get(url, bearing())
    if (first.status !== 401) return follow(https, first, url, headers)
    await first.body.dump()
    token = await requestToken(https, host, first.header('www-authenticate') ?? '', repository)
    return follow(https, await https.get(url, bearing()), url, headers)
  }

  const whole = async (path: string, most: number): Promise<Result<Uint8Array>> => {
    const answer = await get(path, { accept: DOCUMENTS })
    if (answer.status !== 200) return refused(await deniedBy(answer, `${registry}/${repository}`))
    const bytes = await readUpTo(answer.body, most)
    return bytes === undefined ? refused(strange(host, 'sends more than it announced')) : ok(bytes)
  }

  return {
    document: (reference) => caught(() => whole(`/manifests/${reference}`, MOST_DOCUMENT)),
    smallBlob: ({ digest, size }) => caught(() => whole(`/blobs/${digest}`, Math.min(size, MOST_DOCUMENT))),
    blob: ({ digest, size }, file) =>
      caught(() =>
        download({
          ask: (from) => get(`/blobs/${digest}`, from === 0 ? {} : { range: `bytes=${from}-` }),
          size,
          file,
          from: host,
          denied: (answer) => deniedBy(answer, `${registry}/${repository}`),
        }),
      ),
  }
}

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308])

/** Registries keep blobs elsewhere. What comes from there is hashed like the rest; the token does not go along. */
async function follow(
  https: Https,
  first: HttpsAnswer,
  asked: URL,
  headers: Readonly<Record<string, string>>,
): Promise<HttpsAnswer> {
  let answer = first
  let url = asked
  for (let hop = 0; REDIRECTS.has(answer.status) && hop < MOST_REDIRECTS; hop += 1) {
    await answer.body.dump()
    const location = answer.header('location') ?? ''
    const next = URL.canParse(location, url.href) ? new URL(location, url) : undefined
    // Another port than the usual one only where the registry itself has it.
    const port = next?.port === '' || next?.host === asked.host
    const fits = port && next?.protocol === 'https:' && next.username === '' && next.password === ''
    if (next === undefined || !fits)
      throw new AirlockError(strange(asked.host, 'redirects to where nothing is fetched from'))
    url = next
    answer = await https.get(url, headers)
  }
  return answer
}

async function caught<Value>(work: () => Promise<Result<Value>>): Promise<Result<Value>> {
  try {
    return await work()
  } catch (error) {
    return refused(failureOf(error))
  }
}
