import type { Origin } from './origin.ts'
import type { Invocation } from './reading.ts'
import { bundledValues, firstOperand, literalArgument, operands, optionValues } from './reading.ts'
import { decodes, staticOutput } from './static-output.ts'

interface Written {
  readonly origin: Origin
  /** What was written, where that can be told. */
  readonly text?: string | undefined
}

const FETCHERS = new Set(
  'curl wget fetch http https xh httpie aria2c axel lwp-request lwp-download lynx links w3m elinks ftp tftp GET curlie'.split(
    ' ',
  ),
)
const NETWORK = new Set(
  'nc ncat netcat socat telnet dig nslookup host drill ssh rustcat whois finger'.split(' '),
)

/** True for a program that prints or saves what it gets from another machine. */
export function fetches({ name, args }: Invocation): boolean {
  if (FETCHERS.has(name)) return true
  if (name === 'openssl') return args[0]?.text === 's_client'
  return name === 'iwr' || name === 'Invoke-WebRequest'
}

/** True for a program whose output somebody at the other end of a connection chooses. */
export function isRemote(invocation: Invocation): boolean {
  return fetches(invocation) || NETWORK.has(invocation.name)
}

/** Files that a text writes while it runs, so that it can be told what it runs afterwards. */
export class WrittenFiles {
  readonly #files = new Map<string, Written>()
  readonly #trees = new Set<string>()

  find(path: string): Written | undefined {
    const plain = plainPath(path)
    const written = this.#files.get(plain)
    if (written) return written
    for (const tree of this.#trees) if (plain.startsWith(`${tree}/`)) return { origin: 'fetched-tree' }
    return undefined
  }

  note(invocation: Invocation): void {
    const { name, args, redirects, upstream } = invocation
    const outputs = redirects
      .filter(({ operator }) => operator.startsWith('>') || operator.startsWith('&>'))
      .map(({ target }) => target.text)
    if (fetches(invocation)) this.#put([...outputs, ...savedBy(invocation)], { origin: 'downloaded' })
    else if (decodes(invocation))
      this.#put([...outputs, ...optionValues(args, '-out').map(({ text }) => text)], { origin: 'decoded' })
    else if (name === 'scp' && args.some(({ text }) => text.includes(':')))
      this.#put(
        operands(args)
          .slice(-1)
          .map(({ text }) => text),
        { origin: 'downloaded' },
      )
    else if (name === 'git' && firstOperand(args) === 'clone') this.#tree(clonedInto(invocation))
    else if (name === 'tar' && upstream.some(fetches))
      this.#tree(optionValues(args, '-C', '--directory')[0]?.text ?? '')
    else if (outputs.length > 0 || name === 'tee') {
      const files = name === 'tee' ? [...outputs, ...operands(args).map(({ text }) => text)] : outputs
      if (upstream.some(fetches)) this.#put(files, { origin: 'downloaded' })
      else this.#write(files, invocation)
    }
  }

  #write(files: readonly string[], invocation: Invocation): void {
    const plain = { ...invocation, redirects: [], args: invocation.name === 'tee' ? [] : invocation.args }
    const text = staticOutput([...invocation.upstream, plain])
    if (text === undefined) return
    const appends = invocation.redirects.some(({ operator }) => operator.endsWith('>>'))
    for (const file of files) {
      const before = appends ? (this.#files.get(plainPath(file))?.text ?? '') : ''
      if (before.length < 16_384) this.#put([file], { origin: 'written', text: before + text })
    }
  }

  #put(files: readonly string[], written: Written): void {
    for (const file of files)
      if (file !== '' && file !== '-' && !file.startsWith('/dev/')) this.#files.set(plainPath(file), written)
  }

  #tree(path: string): void {
    if (path !== '' && this.#trees.size < 16) this.#trees.add(plainPath(path))
  }
}

function savedBy({ name, args }: Invocation): string[] {
  const named =
    name === 'wget'
      ? [...optionValues(args, '-O', '--output-document'), ...bundledValues(args, 'O')]
      : [...optionValues(args, '-o', '--output'), ...bundledValues(args, 'o')]
  const byAddress =
    name === 'wget' ||
    name === 'aria2c' ||
    name === 'lwp-download' ||
    args.some(({ text }) => text === '--remote-name' || (/^-[a-zA-Z]+$/.test(text) && text.includes('O')))
  const [directory] = optionValues(args, name === 'wget' ? '-P' : '--output-dir', '--directory-prefix')
  const place = directory === undefined ? '' : `${directory.text}/`
  const basenames = byAddress
    ? operands(args).map(({ text }) => literalArgument(place + text.slice(text.lastIndexOf('/') + 1)))
    : []
  const second = name === 'lwp-download' && operands(args).length > 1 ? operands(args).slice(1) : []
  return [...named, ...basenames, ...second].map(({ text }) => text)
}

function clonedInto({ args }: Invocation): string {
  const [, url, directory] = operands(args)
  if (directory) return directory.text
  const base = url?.text.slice(url.text.lastIndexOf('/') + 1) ?? ''
  return base.endsWith('.git') ? base.slice(0, -4) : base
}

function plainPath(path: string): string {
  return path.startsWith('./') ? path.slice(2) : path
}
