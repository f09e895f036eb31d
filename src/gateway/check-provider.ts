import { request } from 'undici'
import type { Failure, FailureCode } from '#kernel/failure.ts'
import type { Clock } from '#kernel/instant.ts'
import { ok, type Result, refused } from '#kernel/result.ts'
import type { Endpoint } from './endpoints/endpoint.ts'
import { openEndpoint } from './endpoints/open-endpoint.ts'
import type { Provider } from './gateway.ts'
import { PROTOCOLS } from './protocols/by-name.ts'
import { isObject, type JsonObject, parseObject } from './protocols/protocol.ts'

export interface CheckedProvider {
  /** What the provider says it has; empty where it does not list them. */
  readonly models: readonly string[]
}

interface Reply {
  readonly status: number
  readonly body: JsonObject
  readonly text: string
}

const LONGEST_REPLY = 4 * 1024 * 1024
const PATIENCE = 20_000

/**
 * Tries a provider with a real call: lists its models, and where that does not settle it, asks `model` for one word.
 * Refuses with `provider_unreachable`, `provider_refused`, `unknown_model` or `invalid_configuration`.
 */
export async function checkProvider(
  provider: Provider,
  clock: Clock,
  model: string | undefined = provider.models[0],
): Promise<Result<CheckedProvider>> {
  const protocol = PROTOCOLS[provider.protocol]
  const opened = openEndpoint(provider, clock)
  if (!opened.ok) return opened
  const endpoint = opened.value
  const list = endpoint.models === undefined ? NO_LIST : await call(provider, endpoint, endpoint.models)
  if (!list) return unreachable(provider)
  const listed = list.status === 200
  const models = listed ? protocol.namesIn(list.body) : []
  if (!listed && !CANNOT_LIST.has(list.status)) return refused(failureOf(provider, list, undefined))
  if (model === undefined) return listed ? ok({ models }) : needsModel(provider)
  if (models.includes(model)) return ok({ models })
  const probe = protocol.probe(model)
  const asked = { apiPath: probe.path, query: '', purpose: 'generate', model, stream: false } as const
  const body = endpoint.body(Buffer.from(JSON.stringify(probe.body)), asked)
  const answer = await call(provider, endpoint, endpoint.target(asked), body)
  if (!answer) return unreachable(provider)
  // a parameter it does not like is not our question: the key and the model were accepted before it was looked at
  if (answer.status < 300 || (answer.status === 400 && !speaksOfModel(answer))) return ok({ models })
  return refused(failureOf(provider, answer, model))
}

const NO_LIST: Reply = { status: 404, body: {}, text: '' }

/** Servers without a list of models. */
const CANNOT_LIST: ReadonlySet<number> = new Set([404, 405, 501])

async function call(
  provider: Provider,
  endpoint: Endpoint,
  target: string,
  body?: Buffer,
): Promise<Reply | undefined> {
  try {
    const pass = await endpoint.pass()
    const response = await request(endpoint.origin + target, {
      method: body ? 'POST' : 'GET',
      headers: {
        ...pass.headers,
        ...(provider.protocol === 'anthropic' ? { 'anthropic-version': '2023-06-01' } : {}),
        ...(body ? { 'content-type': 'application/json' } : {}),
        accept: 'application/json',
      },
      body: body ?? null,
      signal: AbortSignal.timeout(PATIENCE),
    })
    const chunks: Buffer[] = []
    let size = 0
    for await (const chunk of response.body as AsyncIterable<Buffer>) {
      size += chunk.length
      if (size > LONGEST_REPLY) break
      chunks.push(chunk)
    }
    const text = pass.redaction.text(Buffer.concat(chunks).toString())
    return { status: response.statusCode, body: parseObject(text) ?? {}, text }
  } catch {
    return undefined
  }
}

function failureOf(provider: Provider, reply: Reply, model: string | undefined): Failure {
  const said = messageOf(reply)
  const failure = (code: FailureCode, message: string, remedy: string): Failure => ({
    code,
    message: `${message} It said: ${said}`,
    remedy,
    details: { provider: provider.name, status: reply.status },
  })
  if (reply.status === 401 || (reply.status === 403 && !speaksOfModel(reply)))
    return failure(
      'provider_refused',
      `${provider.name} refuses the key.`,
      'Check the key and that it is for this provider.',
    )
  if (reply.status === 402 || reply.status === 429)
    return failure(
      'provider_refused',
      `${provider.name} has no quota left for this key.`,
      'Check the billing and the limits of the account.',
    )
  if (model !== undefined && (reply.status === 404 || speaksOfModel(reply)))
    return failure(
      'unknown_model',
      `${provider.name} does not offer ${model} to this key.`,
      'Choose a model that the provider lists.',
    )
  if (reply.status >= 500)
    return failure('provider_unreachable', `${provider.name} answers ${reply.status}.`, 'Try again later.')
  return failure(
    'provider_refused',
    `${provider.name} answers ${reply.status}.`,
    'Check the base URL and the protocol.',
  )
}

function messageOf({ body, text }: Reply): string {
  const error = isObject(body.error) ? body.error.message : (body.error ?? body.message)
  return (typeof error === 'string' ? error : text).replace(/\s+/g, ' ').slice(0, 300) || 'nothing'
}

function speaksOfModel(reply: Reply): boolean {
  return /\bmodel/i.test(messageOf(reply))
}

function unreachable(provider: Provider): Result<never> {
  return refused({
    code: 'provider_unreachable',
    message: `${provider.name} does not answer at ${provider.baseUrl}.`,
    remedy: 'Check the base URL, that the server runs, and the network of this host.',
    details: { provider: provider.name },
  })
}

function needsModel(provider: Provider): Result<never> {
  return refused({
    code: 'invalid_input',
    message: `${provider.name} does not list its models.`,
    remedy: 'Name a model to try it with.',
  })
}
