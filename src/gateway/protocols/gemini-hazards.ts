import { serviceTier } from './hazards.ts'
import { type Hazard, isObject, type JsonObject } from './protocol.ts'

/**
 * What a Gemini request must not hold. Google's parser takes each name in two spellings (`fileData`, `file_data`) and
 * one object where a list belongs, so all of these are looked for everywhere.
 */
export function geminiHazard(body: JsonObject, model: string): Hazard | undefined {
  return (
    otherModel(body, model) ??
    hostedTool(body) ??
    dearer(body) ??
    remoteContent([saidAs(body, 'contents'), saidAs(body, 'systemInstruction')]) ??
    // what countTokens counts may be a whole request
    firstOf(saidAs(body, 'generateContentRequest').filter(isObject), (counted) =>
      geminiHazard(counted, model),
    )
  )
}

/** What a part says in either spelling of its name; nothing for null and the like. */
export function saidAs(object: JsonObject, name: string): readonly unknown[] {
  const snake = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
  return (snake === name ? [object[name]] : [object[name], object[snake]]).filter(isPresent)
}

export function configsOf(body: JsonObject): readonly JsonObject[] {
  return saidAs(body, 'generationConfig').flatMap(listOf).filter(isObject)
}

/** Stored content comes with tools and a model of its own; a router chooses another model. */
function otherModel(body: JsonObject, model: string): Hazard | undefined {
  const found =
    (saidAs(body, 'cachedContent').length > 0 ? 'cachedContent' : undefined) ??
    firstOf(configsOf(body), (config) => ROUTERS.find((name) => saidAs(config, name).length > 0)) ??
    (isPresent(body.model) && body.model !== model && body.model !== `models/${model}` ? 'model' : undefined)
  return found === undefined ? undefined : { rule: 'model.not-allowed', found }
}

const ROUTERS = ['routingConfig', 'modelConfig', 'modelSelectionConfig']

/** Every kind of tool but the client's own runs at the provider: search, fetching of addresses, code, maps, retrieval. */
function hostedTool(body: JsonObject): Hazard | undefined {
  return firstOf(saidAs(body, 'tools').flatMap(listOf), (tool) => {
    const kind = isObject(tool)
      ? Object.keys(tool).find((name) => !CLIENT_TOOLS.has(name) && isPresent(tool[name]))
      : 'that is no object'
    return kind === undefined ? undefined : { rule: 'model.hosted-tool', found: `tool ${kind.slice(0, 100)}` }
  })
}

const CLIENT_TOOLS = new Set(['functionDeclarations', 'function_declarations', 'computerUse', 'computer_use'])

/** More answers than one, a dear tier, or answers in pictures and sound, which have prices of their own. */
function dearer(body: JsonObject): Hazard | undefined {
  const configs = configsOf(body)
  const many = configs.flatMap((config) => saidAs(config, 'candidateCount')).find((count) => count !== 1)
  if (many !== undefined)
    return { rule: 'model.many-answers', found: `candidateCount ${String(many).slice(0, 100)}` }
  const dear = configs
    .flatMap((config) => saidAs(config, 'responseModalities').flatMap(listOf))
    .find((each) => each !== 'TEXT')
  if (dear !== undefined)
    return { rule: 'model.service-tier', found: `responseModalities ${String(dear).slice(0, 100)}` }
  return firstOf(saidAs(body, 'serviceTier'), (tier) =>
    serviceTier({ service_tier: typeof tier === 'string' ? tier.toLowerCase() : tier }),
  )
}

/** A file by address, wherever a message can hold one; what stands in a function's arguments and result is data. */
function remoteContent(messages: unknown): Hazard | undefined {
  const open: unknown[] = [messages]
  while (open.length > 0) {
    const value = open.pop()
    if (Array.isArray(value)) for (const item of value) open.push(item)
    if (!isObject(value)) continue
    const [file] = saidAs(value, 'fileData')
    if (file !== undefined) {
      const [address = ''] = isObject(file) ? saidAs(file, 'fileUri') : [file]
      return { rule: 'model.remote-content', found: `fileData ${String(address).slice(0, 200)}` }
    }
    for (const [key, child] of Object.entries(value)) if (!DATA.has(key)) open.push(child)
  }
  return undefined
}

const DATA = new Set(['args', 'response'])

function firstOf<T, R>(values: readonly T[], find: (value: T) => R | undefined): R | undefined {
  for (const value of values) {
    const found = find(value)
    if (found !== undefined) return found
  }
  return undefined
}

function isPresent(value: unknown): boolean {
  return (
    value !== undefined && value !== null && value !== false && !(Array.isArray(value) && value.length === 0)
  )
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [value]
}
