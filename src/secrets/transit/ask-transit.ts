import { z } from 'zod'
import { readPrivateFile } from '#store/private-file.ts'
import { serviceFailed } from '../vault-failure.ts'

export interface TransitService {
  /** Such as `https://bao.example.org:8200`. */
  readonly address: string
  /** Where the transit engine is mounted: `transit`. */
  readonly mount: string
  readonly namespace?: string
  /** Read from the file at every call, since whoever renews tokens writes them there. */
  readonly token: { readonly value: string } | { readonly file: string }
}

export interface TransitAnswer {
  readonly status: number
  readonly data: unknown
  /** What it says was wrong. */
  readonly reason: string
}

/** What a key may be called: it becomes a part of a path. */
export const TRANSIT_KEY = /^[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,98}[A-Za-z0-9_])?$/

const PATIENCE_MILLISECONDS = 10_000
const LONGEST_ANSWER = 64 * 1024

const Said = z.object({
  data: z.unknown().optional(),
  errors: z.array(z.string()).optional(),
})

/** One call. Throws `vault.key-service` when nothing of sense comes back. */
export async function askTransit(
  service: TransitService,
  verb: 'encrypt' | 'decrypt',
  key: string,
  body: Readonly<Record<string, string>>,
): Promise<TransitAnswer> {
  const token = await tokenOf(service)
  try {
    const response = await fetch(
      `${service.address}/v1/${service.mount}/${verb}/${encodeURIComponent(key)}`,
      {
        method: 'POST',
        // A redirect would carry the token elsewhere.
        redirect: 'error',
        signal: AbortSignal.timeout(PATIENCE_MILLISECONDS),
        headers: {
          'content-type': 'application/json',
          'x-vault-request': 'true',
          'x-vault-token': token,
          ...(service.namespace === undefined ? {} : { 'x-vault-namespace': service.namespace }),
        },
        body: JSON.stringify(body),
      },
    )
    const said = Said.safeParse(JSON.parse(await boundedText(response)))
    if (!said.success) throw new Error(`an answer of another kind, with status ${response.status}`)
    const { data, errors = [] } = said.data
    return { status: response.status, data, reason: errors.join('; ') || `status ${response.status}` }
  } catch (cause) {
    throw serviceFailed(service.address, key, reasonOf(cause))
  }
}

async function tokenOf({ address, token }: TransitService): Promise<string> {
  const text = 'value' in token ? token.value : ((await readPrivateFile(token.file)) ?? '')
  if (/^[\x21-\x7e]{1,4096}$/.test(text.trim())) return text.trim()
  throw serviceFailed(address, '', 'file' in token ? `${token.file} holds no token` : 'there is no token')
}

async function boundedText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength
    if (size > LONGEST_ANSWER) throw new Error('an answer without an end')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

/** `fetch` says only that it failed; why is in what caused that. A parser quotes what it read: that is left out. */
function reasonOf(thrown: unknown): string {
  if (thrown instanceof SyntaxError) return 'an answer that is no JSON'
  if (!(thrown instanceof Error)) return String(thrown)
  return thrown.cause instanceof Error ? thrown.cause.message : thrown.message
}
