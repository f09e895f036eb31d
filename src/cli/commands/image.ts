import { resolve } from 'node:path'
import type { Command } from 'commander'
import type { Result } from '#kernel/result.ts'
import type { ListedImage } from '#sandbox/image/images.ts'
import type { KeptImage } from '#sandbox/image/shelf.ts'
import { type Cli, DONE, type Outcome, type Session } from '../session.ts'
import { oneLine } from '../terminal/safe-text.ts'
import type { Paint } from '../terminal/screen.ts'
import { table } from '../terminal/table.ts'

interface AddOptions {
  readonly name?: string
}

export function imageCommand(cli: Cli): Command {
  const image = cli
    .command('image', 'Which container images sandboxes can take their programs from')
    .addHelpText('after', HELP)
    .action(cli.act<unknown, []>(list))
  image.addCommand(cli.command('list', 'List the images that are here').action(cli.act<unknown, []>(list)))
  image.addCommand(
    cli
      .command('pull <name>', 'Get an image from its registry; its tag leads to it until it is pulled again')
      .action(cli.act<unknown, [string]>(pull)),
  )
  image.addCommand(
    cli
      .command('add <file>', 'Bring an image in from an archive: an OCI layout, or what docker save writes')
      .option('--name <name>', 'such as localhost/tools:1; the one in the archive unless given')
      .action(cli.act<AddOptions, [string]>(add)),
  )
  image.addCommand(
    cli
      .command('remove <name>', 'Remove an image, by name or digest')
      .action(cli.act<unknown, [string]>(remove)),
  )
  return image
}

const HELP = `
Needs no server. A project names its image in airlock.yaml (\`image: node:24\`) or in the devcontainer.json of its base
branch; it is then got by itself. What is pulled or added here stays as it is.

Examples:
  $ airlock image pull node:24-bookworm
  $ airlock image add tools.tar --name localhost/tools:1
  $ airlock sandbox exec --image localhost/tools:1 -- cat /etc/os-release`

async function list(session: Session<unknown>): Promise<Outcome> {
  const items = await (await session.images()).list()
  session.show({ items }, () => imageTable(items, session.screen.paint))
  return DONE
}

async function pull(session: Session<unknown>, name: string): Promise<Outcome> {
  const interrupted = new AbortController()
  const stopListening = session.onInterrupt(() => interrupted.abort())
  try {
    return await brought(session, name, async () => (await session.images()).pull(name, interrupted.signal))
  } finally {
    stopListening()
  }
}

function add(session: Session<AddOptions>, file: string): Promise<Outcome> {
  const path = resolve(session.workingDirectory, file)
  return brought(session, file, async () => (await session.images()).add(path, session.options.name))
}

async function brought(
  session: Session<unknown>,
  what: string,
  bring: () => Promise<Result<KeptImage>>,
): Promise<Outcome> {
  const { screen } = session
  screen.status(`getting ${oneLine(what)} …`)
  const image = await bring()
  screen.status('')
  if (!image.ok) return image
  const { reference, digest, bytes } = image.value
  session.show(
    image.value,
    () => `${screen.paint('green', '✓')} ${oneLine(reference)} is here: ${digest}, ${megabytes(bytes)}`,
  )
  return DONE
}

async function remove(session: Session<unknown>, name: string): Promise<Outcome> {
  const removed = await (await session.images()).remove(name)
  if (!removed.ok) return removed
  session.show({ removed: removed.value.digest }, () => `${removed.value.digest} is removed.`)
  return DONE
}

function imageTable(images: readonly ListedImage[], paint: Paint): string {
  if (images.length === 0)
    return `No images here; sandboxes have the programs of the host. Get one:\n\n  ${paint('cyan', 'airlock image pull node:24')}`
  const rows = images.map(({ reference, names, digest, bytes, obtainedAt }) => [
    paint('bold', (names.length === 0 ? [reference] : names).map(oneLine).join(' ')),
    digest.slice(0, 'sha256:'.length + 12),
    megabytes(bytes),
    obtainedAt.slice(0, 10),
  ])
  return table([{ title: 'name' }, { title: 'digest' }, { title: 'size' }, { title: 'since' }], rows, paint)
}

function megabytes(bytes: number): string {
  return `${Math.ceil(bytes / 1_000_000)} MB`
}
