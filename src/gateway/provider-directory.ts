import { z } from 'zod'
import { ModelProtocol, ModelService } from '#contract/api.ts'
import { AirlockError } from '#kernel/failure.ts'
import type { Instant } from '#kernel/instant.ts'
import { ok, type Result, refused } from '#kernel/result.ts'
import { changePrivateFile, readPrivateFile } from '#store/private-file.ts'
import { checkNames, chooseModel, type ModelChoice, type Offer } from './choose-model.ts'
import type { Provider } from './gateway.ts'
import type { KnownProvider } from './known-provider.ts'

const Stored = z.strictObject({
  version: z.literal(1),
  providers: z.array(
    z.strictObject({
      name: z.string(),
      protocol: ModelProtocol,
      baseUrl: z.string(),
      key: z.string(),
      service: ModelService.exactOptional(),
      models: z.array(z.string()),
      createdAt: z.string(),
    }),
  ),
  order: z.array(z.string()).default([]),
})

interface Kept {
  readonly providers: readonly KnownProvider[]
  readonly order: readonly string[]
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
    const stored = this.#parse(await readPrivateFile(this.#file)).providers
    const names = new Set(stored.map(({ name }) => name))
    const fromEnvironment = this.#environment.filter(({ name }) => !names.has(name))
    return [
      ...stored,
      ...fromEnvironment.map((provider) => ({ ...provider, source: 'environment' as const })),
    ]
  }

  async add(provider: Provider, at: Instant): Promise<KnownProvider> {
    const added = { ...provider, source: 'stored' as const, createdAt: at }
    await this.#change(({ providers, order }) => ({
      providers: [...providers.filter(({ name }) => name !== provider.name), added],
      order,
    }))
    return added
  }

  async remove(name: string): Promise<Result<void>> {
    let removed = false
    await this.#change(({ providers, order }) => {
      const others = providers.filter((provider) => provider.name !== name)
      removed = others.length < providers.length
      return removed ? { providers: others, order } : undefined
    })
    if (removed) return ok(undefined)
    const known = this.#environment.some((provider) => provider.name === name)
    return refused({
      code: 'not_found',
      message: known ? `Provider ${name} comes from the environment.` : `There is no provider ${name}.`,
      remedy: known ? 'Unset its variables and restart the server.' : 'See `airlock provider list`.',
    })
  }

  /** The order in which they stand by for each other, as `provider` or `provider/model`. */
  async order(): Promise<readonly string[]> {
    return this.#parse(await readPrivateFile(this.#file)).order
  }

  /** Refuses with `unknown_provider` a name that is not there; of the environment is fine. */
  async setOrder(order: readonly string[]): Promise<Result<void>> {
    const checked = checkNames(await this.list(), order)
    if (checked.ok) await this.#change((kept) => ({ ...kept, order }))
    return checked
  }

  /** Resolves `provider/model`, `provider`, or nothing (the first) to one that the installation and the project allow. */
  async choose(
    text: string | undefined,
    within: Pick<Offer, 'policy' | 'usable'> = {},
  ): Promise<Result<ModelChoice>> {
    return chooseModel({ providers: await this.list(), order: await this.order(), ...within }, text)
  }

  #change(change: (kept: Kept) => Kept | undefined): Promise<void> {
    return changePrivateFile(this.#file, (text) => {
      const changed = change(this.#parse(text))
      const providers = changed?.providers.map(({ source: _, ...provider }) => provider)
      return changed && `${JSON.stringify({ version: 1, providers, order: changed.order }, null, 2)}\n`
    })
  }

  #parse(text: string | undefined): Kept {
    if (text === undefined) return { providers: [], order: [] }
    const parsed = Stored.safeParse(parseJson(text))
    if (!parsed.success) throw unreadable(this.#file)
    const { providers, order } = parsed.data
    return { providers: providers.map((provider) => ({ ...provider, source: 'stored' as const })), order }
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
