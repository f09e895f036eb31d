import type { Argument, Invocation } from './reading.ts'

/** A git command without its global options: `git -C dir -c a=b push` is `push` with one setting. */
export interface GitCommand {
  readonly subcommand: string
  readonly args: readonly Argument[]
  /** Settings given with `-c`, `name=value`. */
  readonly settings: readonly string[]
}

const VALUED = new Set([
  '-C',
  '-c',
  '--git-dir',
  '--work-tree',
  '--namespace',
  '--exec-path',
  '--config-env',
  '--super-prefix',
])

export function gitCommand({ name, args }: Invocation): GitCommand | undefined {
  if (name !== 'git') return undefined
  const settings: string[] = []
  let index = 0
  for (; index < args.length; index++) {
    const text = args[index]?.text ?? ''
    if (!text.startsWith('-')) break
    if (text === '-c' || text === '--config-env') settings.push(args[index + 1]?.text ?? '')
    else if (text.startsWith('--config-env=')) settings.push(text.slice(13))
    if (VALUED.has(text)) index++
  }
  return { subcommand: args[index]?.text ?? '', args: args.slice(index + 1), settings }
}
