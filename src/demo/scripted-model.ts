import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Script } from './script.ts'
import { anthropicVoice } from './voices/anthropic.ts'
import { geminiVoice } from './voices/gemini.ts'
import { openaiChatVoice } from './voices/openai-chat.ts'
import { openaiResponsesVoice } from './voices/openai-responses.ts'
import type { Answer, Usage, Voice } from './voices/voice.ts'

const VOICES: readonly Voice[] = [anthropicVoice, openaiResponsesVoice, openaiChatVoice, geminiVoice]
const LARGEST_BODY = 64 * 1024 * 1024

export interface CapturedRequest {
  readonly path: string
  readonly headers: IncomingMessage['headers']
  readonly body: Record<string, unknown>
  readonly model: string
  /** What the answer says it used. */
  readonly usage: Usage
}

export interface ScriptedModel {
  /** `http://127.0.0.1:PORT`, without `/v1`. */
  readonly url: string
  /** Every model call so far, oldest first. */
  requests(): readonly CapturedRequest[]
  close(): Promise<void>
}

export interface ScriptedModelOptions {
  /** Also given the request itself. */
  readonly script: (...asked: [...Parameters<Script>, request: object]) => ReturnType<Script>
  /** A loopback port, or the path of a Unix socket; a free port unless given. */
  readonly listen?: number | string
  /** The only key it accepts; any key unless given. */
  readonly key?: string
  /** The names it lists at /v1/models. */
  readonly models?: readonly string[]
  /** How long it seems to think, so that a person can read along; not at all unless given. */
  readonly pauseMilliseconds?: number
}

/**
 * A loopback server that speaks Anthropic Messages, OpenAI Responses, Chat Completions and Gemini, streamed or whole,
 * and plays a script instead of thinking. It keeps no conversation: each answer follows from the request alone.
 */
export async function startScriptedModel(options: ScriptedModelOptions): Promise<ScriptedModel> {
  const captured: CapturedRequest[] = []
  const server = createServer((request, response) => {
    answer(options, captured, request, response).catch(() => response.destroy())
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    if (typeof options.listen === 'string') server.listen(options.listen, resolve)
    else server.listen(options.listen ?? 0, '127.0.0.1', resolve)
  })
  const address = server.address() as AddressInfo | string
  return {
    url: typeof address === 'string' ? 'http://gateway' : `http://127.0.0.1:${address.port}`,
    requests: () => captured,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

async function answer(
  options: ScriptedModelOptions,
  captured: CapturedRequest[],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const path = (request.url ?? '/').split('?')[0] ?? '/'
  const voice = VOICES.find((known) =>
    typeof known.path === 'string' ? known.path === path : known.path.test(path),
  )
  const raw = await readBody(request)
  if (options.key !== undefined && !hasKey(request, options.key))
    return send(response, 401, (voice ?? anthropicVoice).refusal(401, 'invalid key'))
  if (path === '/v1/models' && request.method === 'GET') return send(response, 200, modelList(options.models))
  if (path === '/v1beta/models' && request.method === 'GET')
    return send(response, 200, geminiModelList(options.models))
  if (!voice || request.method !== 'POST') return send(response, path === '/' ? 200 : 404, {})

  const body = parseObject(raw)
  if (!body) return send(response, 400, voice.refusal(400, 'the body is not a JSON object'))
  const conversation = voice.conversation(body, path)
  if (options.pauseMilliseconds) await sleep(options.pauseMilliseconds)
  const turn = options.script(conversation, body)
  const usage = usageOf(raw.length, conversation.turn, JSON.stringify(turn).length)
  const { model } = conversation
  captured.push({ path, headers: request.headers, body, model, usage })
  const said: Answer = { id: `scripted${captured.length}`, model, turn, usage }
  if (!(voice.streams?.(path) ?? body.stream === true)) return send(response, 200, voice.whole(said))
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' })
  for (const [event, data] of voice.events(said)) {
    if (event !== undefined) response.write(`event: ${event}\n`)
    response.write(`data: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`)
  }
  response.end()
}

/** About four characters a token; from the second turn on, most of the prompt would come from a cache. */
function usageOf(requestBytes: number, turn: number, answerBytes: number): Usage {
  const input = Math.ceil(requestBytes / 4)
  return { input, cached: turn === 0 ? 0 : Math.floor(input * 0.8), output: Math.ceil(answerBytes / 4) }
}

function modelList(names: readonly string[] = ['scripted']): unknown {
  return {
    object: 'list',
    has_more: false,
    data: names.map((id) => ({ id, object: 'model', type: 'model', display_name: id, owned_by: 'demo' })),
  }
}

function geminiModelList(names: readonly string[] = ['scripted']): unknown {
  const supportedGenerationMethods = ['generateContent', 'countTokens']
  return {
    models: names.map((name) => ({ name: `models/${name}`, displayName: name, supportedGenerationMethods })),
  }
}

function hasKey({ headers }: IncomingMessage, key: string): boolean {
  return (
    headers['x-api-key'] === key ||
    headers['x-goog-api-key'] === key ||
    headers.authorization === `Bearer ${key}`
  )
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request) {
    size += chunk.length
    if (size > LARGEST_BODY) throw new RangeError('body too large')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined
  } catch {
    return undefined
  }
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(JSON.stringify(body))
}
