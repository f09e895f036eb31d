import { z } from 'zod'
import { AirlockError } from '#kernel/failure.ts'
import type { Instant } from '#kernel/instant.ts'
import { ok, type Result, refused } from '#kernel/result.ts'
import { changePrivateFile, readPrivateFile } from '#store/private-file.ts'
import type { Provider } from './gateway.ts'

/** A provider and where it came from; the key stays on this side of the gateway. */
export interface KnownProvider extends Provider {
  readonly source: 'stored' | 'environment'
  readonly createdAt?: Instant
}

/** A provider together with the model a task shall use. */
export interface ModelChoice {
  readonly provider: KnownProvider
  readonly model: string
}

const Stored = z.strictObject({
  version: z.literal(1),
  providers: z.array(
    z.strictObject({
      name: z.string(),
      protocol: z.enum(['anthropic', 'openai-responses', 'openai-chat', 'gemini']),
      baseUrl: z.string(),
      key: z.string(),
      models: z.array(z.string()),
      createdAt: z.string(),
    }),
  ),
})

/** Used when neither the task nor the provider names a model. */
const DEFAULT_MODELS: Readonly<Record<string, string>> = {
  anthropic: 'claude-opus-4-8',
  openai: 'gpt-5.5',
}

/**
 * The installation's model providers: those of the environment, and those added by hand, which live in one file of
 * mode 0600 and win over an environment's of the same name. Refuses to read a file that others can read.
 */
export class ProviderDirectory {
  readonly #file: string
  readonly #environment: readonly Provider[]

  constructor(file: string, environment: readonly Provider[]) {
    this.#file = file
    this.#environment = environment
  }

  async list(): Promise<readonly KnownProvider[]> {
    const stored = this.#parse(await readPrivateFile(this.#file))
    const names = new Set(stored.map(({ name }) => name))
    const fromEnvironment = this.#environment.filter(({ name }) => !names.has(name))
    return [
      ...stored,
      ...fromEnvironment.map((provider) => ({ ...provider, source: 'environment' as const })),
    ]
  }

  async add(provider: Provider, at: Instant): Promise<KnownProvider> {
    const added = { ...provider, source: 'stored' as const, createdAt: at }
    await this.#change((stored) => [...stored.filter(({ name }) => name !== provider.name), added])
    return added
  }

  async remove(name: string): Promise<Result<void>> {
    let removed = false
    await this.#change((stored) => {
      const others = stored.filter((provider) => provider.name !== name)
      removed = others.length < stored.length
      return removed ? others : undefined
    })
    if (removed) return ok(undefined)
    const known = this.#environment.some((provider) => provider.name === name)
    return refused({
      code: 'not_found',
      message: known ? `Provider ${name} comes from the environment.` : `There is no provider ${name}.`,
      remedy: known ? 'Unset its variables and restart the server.' : 'See `airlock provider list`.',
    })
  }

  /** Resolves `provider/model`, `provider`, or nothing (the first provider) to one the installation allows. */
  async choose(text: string | undefined): Promise<Result<ModelChoice>> {
    const all = await this.list()
    const slash = text?.indexOf('/') ?? -1
    const name = text === undefined ? all[0]?.name : slash < 0 ? text : text.slice(0, slash)
    const provider = all.find((candidate) => candidate.name === name)
    if (provider === undefined) return refused(unknownProvider(name, all))
    const model = slash < 0 ? (provider.models[0] ?? DEFAULT_MODELS[provider.name]) : text?.slice(slash + 1)
    if (model === undefined || model === '')
      return refused({
        code: 'unknown_model',
        message: `Provider ${provider.name} has no default model.`,
        remedy: `Name one: --model ${provider.name}/<model>`,
      })
    if (provider.models.length > 0 && !provider.models.includes(model))
      return refused({
        code: 'model_not_allowed',
        rule: 'model.not-allowed',
        message: `Provider ${provider.name} is not set up for model ${model}.`,
        remedy: `Use one of: ${provider.models.join(', ')}, or add the provider again with this model.`,
      })
    return ok({ provider, model })
  }

  #change(change: (stored: readonly KnownProvider[]) => readonly KnownProvider[] | undefined): Promise<void> {
    return changePrivateFile(this.#file, (text) => {
      const providers = change(this.#parse(text))?.map(({ source: _, ...provider }) => provider)
      return providers && `${JSON.stringify({ version: 1, providers }, null, 2)}\n`
    })
  }

  #parse(text: string | undefined): readonly KnownProvider[] {
    if (text === undefined) return []
    const parsed = Stored.safeParse(parseJson(text))
    if (!parsed.success) throw unreadable(this.#file)
    return parsed.data.providers.map((provider) => ({ ...provider, source: 'stored' as const }))
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function unreadable(file: string): AirlockError {
  return new AirlockError({
    code: 'invalid_configuration',
    message: `${file} is not a list of providers.`,
    remedy: 'Move it away and add the providers again with `airlock provider add`.',
  })
}

function unknownProvider(name: string | undefined, all: readonly KnownProvider[]) {
  if (name === undefined)
    return {
      code: 'unknown_provider' as const,
      message: 'No model provider is configured.',
      remedy:
        'Run `airlock provider add`, or set ANTHROPIC_API_KEY or OPENAI_API_KEY and restart the server.',
    }
  return {
    code: 'unknown_provider' as const,
    message: `There is no provider ${name}.`,
    remedy: `Configured: ${all.map((provider) => provider.name).join(', ') || 'none'}. Add one with \`airlock provider add\`.`,
  }
}
