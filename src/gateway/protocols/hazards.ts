import { folded } from '../top-level-keys.ts'
import { whole } from '../usage.ts'
import { type Hazard, isObject, type JsonObject } from './protocol.ts'

/**
 * Finds content that the provider would fetch from an address in the request. The sandbox has no network, but a
 * provider that fetches `https://attacker/?secret` for it would be one. Looks in the places where the protocols'
 * messages carry addresses; what stands in arguments of tools is data, not an address.
 */
export function remoteContent(messages: unknown): Hazard | undefined {
  const open: unknown[] = [messages]
  while (open.length > 0) {
    const value = open.pop()
    if (Array.isArray(value)) for (const item of value) open.push(item)
    if (!isObject(value)) continue
    for (const [key, child] of Object.entries(value)) {
      const address = addressesIn(folded(key), child).find(isRemote)
      if (address !== undefined) return { rule: 'model.remote-content', found: address.slice(0, 200) }
      if (typeof child === 'object' && !isToolData(value, key)) open.push(child)
    }
  }
  return undefined
}

/** A tool that runs at the provider: any type that is not known to run with the client. */
export function hostedTool(tools: readonly JsonObject[], local: RegExp): Hazard | undefined {
  const types = tools.map((tool) => foldedKeys(tool).type)
  const type = types.find((each) => each !== undefined && !local.test(String(each)))
  return type === undefined
    ? undefined
    : { rule: 'model.hosted-tool', found: `tool type ${String(type).slice(0, 100)}` }
}

/** Top-level parts of a request that must be absent or empty. */
export function forbiddenPart(
  body: JsonObject,
  rule: Hazard['rule'],
  names: readonly string[],
): Hazard | undefined {
  const name = names.find((each) => isPresent(body[each]))
  return name === undefined ? undefined : { rule, found: name }
}

/**
 * Parts that give orders to what stands before a model. Whoever offers a protocol of others adds such parts to it: where to
 * search, where to fetch, which host or model to ask instead, whom to tell. So it is words that are looked for, not a list of names.
 */
export function serviceOrder(body: JsonObject): Hazard | undefined {
  const name = Object.keys(body).find((each) => SERVICE_ORDER.test(each) && isPresent(body[each]))
  return name === undefined ? undefined : { rule: 'model.service-order', found: name.slice(0, 100) }
}

const SERVICE_ORDER =
  /search|brows|connector|data_?source|plugin|fallback|rout(?:e|ing)|provider|preset|mcp|webhook|callback|endpoint|credential|user_?config|model_?list|compound|^(?:api|base|extra)_|_(?:url|uri|host)$|langfuse|langsmith|litellm/

/** A request as one reads it who knows no case, as parsers written in Go do: no key of its outermost object stands there twice. */
export function foldedKeys(body: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(body).map(([key, value]) => [folded(key), value]))
}

/** A tier that costs more than the list price would let a budget be passed unseen. */
export function serviceTier(body: JsonObject): Hazard | undefined {
  const name = ['service_tier', 'speed'].find(
    (each) => isPresent(body[each]) && !LISTED_TIERS.has(String(body[each])),
  )
  return name === undefined
    ? undefined
    : { rule: 'model.service-tier', found: `${name} ${String(body[name]).slice(0, 100)}` }
}

/** More than one answer to one request. */
export function manyAnswers(body: JsonObject): Hazard | undefined {
  const name = ['n', 'best_of'].find((each) => body[each] != null && body[each] !== 1)
  return name === undefined
    ? undefined
    : { rule: 'model.many-answers', found: `${name} ${String(body[name]).slice(0, 100)}` }
}

/** A bound that a request names; -1, a text and the like mean no bound to some servers, and count as none. */
export function outputBound(...claims: readonly unknown[]): number | undefined {
  const named = claims.filter((claim) => claim != null)
  const bounds = named.filter((claim) => Number.isSafeInteger(claim) && Number(claim) > 0).map(whole)
  return named.length > 0 && bounds.length === named.length ? Math.max(...bounds) : undefined
}

/** True when an item of the input stands for content that the provider has stored, such as an earlier answer or a file. */
export function refersToStored(items: unknown): boolean {
  const open: unknown[] = [items]
  while (open.length > 0) {
    const value = open.pop()
    if (Array.isArray(value)) for (const item of value) open.push(item)
    if (!isObject(value)) continue
    if (value.type === 'item_reference' || value.file_id !== undefined) return true
    for (const [key, child] of Object.entries(value)) if (!isToolData(value, key)) open.push(child)
  }
  return false
}

const HOLDS_URL = /^(?:source|file|url_source)$|_ur[il]$/
const IS_URL = /_ur[il]$/
/** Where some take an address in the place of the content. */
const HOLDS_MEDIA = /^(?:input_)?(?:image|audio|video|document|file)s?$/

/** What a part of a message may have fetched: `{"image_url": {"url": …}}`, `{"document_url": …}`, `{"video": […]}`. */
function addressesIn(key: string, child: unknown): readonly unknown[] {
  if (IS_URL.test(key) && typeof child === 'string') return [child]
  if (HOLDS_URL.test(key) && isObject(child)) return [foldedKeys(child).url]
  if (HOLDS_MEDIA.test(key))
    return [child].flat().filter((each) => /^[a-z][a-z0-9+.-]*:\/\//i.test(String(each)))
  return []
}
const LISTED_TIERS = new Set(['auto', 'default', 'flex', 'standard', 'standard_only'])

function isPresent(value: unknown): boolean {
  return (
    value !== undefined && value !== null && value !== false && !(Array.isArray(value) && value.length === 0)
  )
}

function isRemote(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && !/^data:/i.test(value)
}

function isToolData(parent: JsonObject, key: string): boolean {
  return key === 'input' && parent.type === 'tool_use'
}
