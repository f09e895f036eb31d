import type { ModelPolicy } from '#contract/model-policy.ts'
import type { Failure } from '#kernel/failure.ts'
import { ok, type Result, refused } from '#kernel/result.ts'
import type { KnownProvider } from './known-provider.ts'

/** A provider together with the model a task shall use. */
export interface ModelChoice {
  readonly provider: KnownProvider
  readonly model: string
  /** Asked in this order where that one does not answer. */
  readonly standby: readonly { readonly provider: KnownProvider; readonly model: string }[]
}

/** What a choice is made from. */
export interface Offer {
  readonly providers: readonly KnownProvider[]
  /** The installation's order of providers, as `provider` or `provider/model`. */
  readonly order: readonly string[]
  /** What the project says; nothing is everything, in the installation's order. */
  readonly policy?: ModelPolicy | undefined
  /** Whom an agent can speak to, where it matters for a choice that nobody made. */
  readonly usable?: (provider: KnownProvider) => boolean
}

/** Used when neither the task nor the provider names a model. */
const DEFAULT_MODELS: Readonly<Record<string, string>> = {
  anthropic: 'claude-opus-4-8',
  openai: 'gpt-5.5',
  gemini: 'gemini-2.5-pro',
}

/** Resolves `provider/model`, `provider`, or nothing (the first of the project, the order, or all) to what may be used. */
export function chooseModel(offer: Offer, text: string | undefined): Result<ModelChoice> {
  const order = orderOf(offer)
  const resolved = text === undefined ? first(offer, order) : resolve(offer, text)
  if (!resolved.ok) return resolved
  const { provider, model } = resolved.value
  if (!isAllowed(offer.policy, provider.name, model))
    return refused(notInProject(offer, provider.name, model))
  return ok({ provider, model, standby: standbyFor(offer, order, provider, model) })
}

/** Refuses names in an order or an allow-list that no provider of this installation has. */
export function checkNames(providers: readonly KnownProvider[], entries: readonly string[]): Result<void> {
  const unknown = entries.map(nameIn).find((name) => !providers.some((provider) => provider.name === name))
  return unknown === undefined ? ok(undefined) : refused(unknownProvider(unknown, providers))
}

type Resolved = Pick<ModelChoice, 'provider' | 'model'>

/** The first that may be used; where none may, why the very first may not. */
function first(offer: Offer, order: readonly string[]): Result<Resolved> {
  const entries = [...(offer.policy?.allowed ?? []), ...order, ...offer.providers.map(({ name }) => name)]
  const results = entries.map((entry) => resolve(offer, entry.replace(/\/\*$/, '')))
  const usable = results.find(
    (each) =>
      each.ok &&
      isAllowed(offer.policy, each.value.provider.name, each.value.model) &&
      (offer.usable?.(each.value.provider) ?? true),
  )
  return usable ?? results.find((each) => !each.ok) ?? results[0] ?? refused(unknownProvider(undefined, []))
}

function resolve({ providers }: Offer, text: string): Result<Resolved> {
  const name = nameIn(text)
  const provider = providers.find((candidate) => candidate.name === name)
  if (provider === undefined) return refused(unknownProvider(name, providers))
  const model = modelIn(text) ?? provider.models[0] ?? DEFAULT_MODELS[provider.name]
  if (model === undefined || model === '')
    return refused({
      code: 'unknown_model',
      message: `Provider ${provider.name} has no default model.`,
      remedy: `Name one: --model ${provider.name}/<model>`,
    })
  if (!offers(provider, model))
    return refused({
      code: 'model_not_allowed',
      rule: 'model.not-allowed',
      message: `Provider ${provider.name} is not set up for model ${model}.`,
      remedy: `Use one of: ${provider.models.join(', ')}, or add the provider again with this model.`,
    })
  return ok({ provider, model })
}

/** Those behind the chosen one in the order; without a model of its own, each is asked for the same one. */
function standbyFor(
  { providers, policy }: Offer,
  order: readonly string[],
  chosen: KnownProvider,
  model: string,
): ModelChoice['standby'] {
  const at = order.findIndex((entry) => nameIn(entry) === chosen.name && (modelIn(entry) ?? model) === model)
  if (at === -1) return []
  return order.slice(at + 1).flatMap((entry) => {
    const provider = providers.find(({ name }) => name === nameIn(entry))
    const asked = modelIn(entry) ?? model
    return provider?.protocol === chosen.protocol &&
      offers(provider, asked) &&
      isAllowed(policy, provider.name, asked)
      ? [{ provider, model: asked }]
      : []
  })
}

function orderOf({ order, policy }: Offer): readonly string[] {
  return policy?.order ?? order
}

function offers({ models }: KnownProvider, model: string): boolean {
  return models.length === 0 || models.includes(model)
}

function isAllowed(policy: ModelPolicy | undefined, provider: string, model: string): boolean {
  const allowed = policy?.allowed ?? []
  return (
    allowed.length === 0 ||
    allowed.some((entry) => nameIn(entry) === provider && [undefined, '*', model].includes(modelIn(entry)))
  )
}

/** A provider's name holds no slash, a model's may. */
function nameIn(entry: string): string {
  return entry.split('/', 1)[0] ?? ''
}

function modelIn(entry: string): string | undefined {
  const slash = entry.indexOf('/')
  return slash < 0 ? undefined : entry.slice(slash + 1)
}

function notInProject({ policy }: Offer, provider: string, model: string): Failure {
  return {
    code: 'model_not_allowed',
    rule: 'model.project',
    message: `This project may not use ${provider}/${model}.`,
    remedy: `Use one of: ${policy?.allowed.join(', ')}, or change it with \`airlock project models\`.`,
  }
}

function unknownProvider(name: string | undefined, all: readonly KnownProvider[]): Failure {
  if (name === undefined)
    return {
      code: 'unknown_provider',
      message: 'No model provider is configured.',
      remedy:
        'Run `airlock provider add`, or set ANTHROPIC_API_KEY or OPENAI_API_KEY and restart the server.',
    }
  return {
    code: 'unknown_provider',
    message: `There is no provider ${name}.`,
    remedy: `Configured: ${all.map((provider) => provider.name).join(', ') || 'none'}. Add one with \`airlock provider add\`.`,
  }
}
