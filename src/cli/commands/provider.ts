import { type Command, Option } from 'commander'
import { ModelProtocol, ModelService, type ProviderView } from '#contract/api.ts'
import { ok, type Result, refused } from '#kernel/result.ts'
import { KNOWN_PROVIDERS } from '../known-providers.ts'
import { collect } from '../option-values.ts'
import { type Cli, DONE, type Outcome, type Session } from '../session.ts'
import { oneLine } from '../terminal/safe-text.ts'
import type { Paint } from '../terminal/screen.ts'
import { table } from '../terminal/table.ts'

interface AddOptions {
  readonly protocol?: ModelProtocol
  readonly service?: ModelService
  readonly baseUrl?: string
  readonly model?: string[]
  readonly key: boolean
}

export function providerCommand(cli: Cli): Command {
  const provider = cli.command('provider', 'Connect model providers; agents never see their keys')
  provider.addCommand(
    cli
      .command('add <name>', 'Add a provider, once a real call with its key has succeeded')
      .addOption(new Option('--protocol <protocol>', 'what it speaks').choices(ModelProtocol.options))
      .addOption(
        new Option('--service <service>', 'a host with ways of its own').choices(ModelService.options),
      )
      .option('--base-url <url>', 'where it is; its version may be left out')
      .option('--model <name>', 'a model that may be used; may be given again (all of them)', collect)
      .option('--no-key', 'it wants no key')
      .addHelpText(
        'after',
        `
Known by name: ${Object.keys(KNOWN_PROVIDERS).join(', ')}.
The key is asked for, or read from standard input; never an argument, where others could read it.

Examples:
  $ airlock provider add anthropic
  $ airlock provider add openai < key.txt
  $ airlock provider add local --protocol openai-chat --base-url http://127.0.0.1:8000 --no-key

docs/providers.md has the command for Azure, Bedrock, Vertex AI and others.`,
      )
      .action(cli.act<AddOptions, [string]>(add)),
  )
  provider.addCommand(cli.command('list', 'List the providers').action(cli.act<unknown, []>(list)))
  provider.addCommand(
    cli
      .command('order [providers...]', 'Show or set who is asked where another one does not answer')
      .option('--none', 'none stands by for another')
      .addHelpText(
        'after',
        `
Each is a provider, or provider/model where the model has another name there. Only providers of one protocol stand by
for each other; what was tried is seen in \`airlock watch\`.

Examples:
  $ airlock provider order anthropic anthropic-2 bedrock/anthropic.claude-opus-4-8
  $ airlock provider order --none`,
      )
      .action(cli.act<{ readonly none?: boolean }, [string[]]>(order)),
  )
  provider.addCommand(
    cli.command('remove <name>', 'Forget a provider and its key').action(cli.act<unknown, [string]>(remove)),
  )
  return provider
}

async function add(session: Session<AddOptions>, name: string): Promise<Outcome> {
  const { options, screen } = session
  const known = KNOWN_PROVIDERS[name]
  const protocol = options.protocol ?? known?.protocol
  const baseUrl = options.baseUrl ?? known?.baseUrl
  if (protocol === undefined || baseUrl === undefined) return refused(unknownProvider(name))
  const key = options.key && (known?.wantsKey ?? true) ? await readKey(session, name) : ok('')
  if (!key.ok) return key
  const client = await session.connect()
  if (!client.ok) return client
  screen.status(`asking ${oneLine(name)} …`)
  const added = await client.value.addProvider({
    name,
    protocol,
    baseUrl,
    ...(options.service === undefined ? {} : { service: options.service }),
    key: key.value,
    models: options.model ?? [],
  })
  screen.status('')
  if (!added.ok) return added
  session.show(
    added.value,
    () =>
      `${screen.paint('green', '✓')} ${oneLine(name)} answers. Try: ${screen.paint('cyan', 'airlock run "…"')}`,
  )
  return DONE
}

async function readKey(
  { screen, prompts, readInput }: Session<unknown>,
  name: string,
): Promise<Result<string>> {
  const typed = screen.interactive ? await prompts.secret(`Key of ${oneLine(name)}`) : await readInput()
  const key = (typed ?? '').trim()
  if (key !== '') return ok(key)
  return refused({
    code: 'invalid_input',
    message: 'There is no key.',
    remedy: 'Type it, send it to standard input, or say --no-key for a provider that wants none.',
  })
}

async function list(session: Session<unknown>): Promise<Outcome> {
  const client = await session.connect()
  if (!client.ok) return client
  const page = await client.value.providers({ limit: 200 })
  if (!page.ok) return page
  session.show(page.value, () => providerTable(page.value.items, session.screen.paint))
  return DONE
}

async function order(
  session: Session<{ readonly none?: boolean }>,
  providers: readonly string[],
): Promise<Outcome> {
  const client = await session.connect()
  if (!client.ok) return client
  const shows = providers.length === 0 && session.options.none !== true
  const answer = shows
    ? await client.value.providerOrder()
    : await client.value.orderProviders([...providers])
  if (!answer.ok) return answer
  const { order: entries } = answer.value
  session.show(answer.value, () =>
    entries.length === 0 ? 'No provider stands by for another.' : entries.map(oneLine).join(' → '),
  )
  return DONE
}

async function remove(session: Session<unknown>, name: string): Promise<Outcome> {
  const client = await session.connect()
  if (!client.ok) return client
  const removed = await client.value.removeProvider(name)
  if (!removed.ok) return removed
  session.show({ removed: name }, () => `${oneLine(name)} and its key are forgotten.`)
  return DONE
}

function providerTable(providers: readonly ProviderView[], paint: Paint): string {
  if (providers.length === 0)
    return `No providers yet. Add one:\n\n  ${paint('cyan', 'airlock provider add anthropic')}`
  const rows = providers.map((provider) => [
    paint('bold', oneLine(provider.name)),
    provider.service === undefined ? provider.protocol : `${provider.protocol} (${provider.service})`,
    oneLine(provider.baseUrl),
    provider.source === 'environment' ? paint('dim', 'from the environment') : 'stored',
    provider.models.length === 0 ? paint('dim', 'all') : provider.models.map(oneLine).join(' '),
  ])
  return table(
    [{ title: 'name' }, { title: 'protocol' }, { title: 'address' }, { title: 'key' }, { title: 'models' }],
    rows,
    paint,
  )
}

function unknownProvider(name: string) {
  return {
    code: 'unknown_provider' as const,
    message: `${oneLine(name)} is not a provider known by name.`,
    remedy: `Give --protocol and --base-url, or one of: ${Object.keys(KNOWN_PROVIDERS).join(', ')}.`,
  }
}
