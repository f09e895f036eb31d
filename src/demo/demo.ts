import { setTimeout as sleep } from 'node:timers/promises'
import type { Client } from '#cli/client.ts'
import { connect } from '#cli/connect.ts'
import type { CliDependencies } from '#cli/dependencies.ts'
import { runCli } from '#cli/program.ts'
import type { Result } from '#kernel/result.ts'
import type { Interruption } from './interruption.ts'
import { type Narrator, RULE_COLUMNS } from './narrator.ts'
import type { Place } from './place.ts'

/** What every step of the demo works with. */
export interface Demo {
  readonly place: Place
  readonly narrator: Narrator
  readonly interruption: Interruption
  /** The command line of the demo's own installation. */
  readonly cli: CliDependencies
  /** The provider of the environment that thinks instead of the script, as `provider` or `provider/model`. */
  readonly realModel: string | undefined
  /** The sample repository of this checkout. */
  readonly sample: string
  /** The program as the person would type it where they are, and where it is. */
  readonly program: string
  readonly programPath: string
  /** Taken down at the end, the last first. */
  readonly afterwards: (() => Promise<void>)[]
}

export interface Typed {
  readonly exit: number
  readonly shown: string
}

/** Shows an airlock command line and really runs it, in this process. */
export async function type(demo: Demo, ...words: readonly string[]): Promise<Typed> {
  const { screen } = demo.cli
  showCommand(demo, 'airlock', ...words)
  const shown: string[] = []
  const recorder = {
    print(text: string) {
      shown.push(text)
      screen.print(text)
    },
    remark(text: string) {
      shown.push(text)
      screen.print(text)
    },
  }
  const exit = await runCli({ ...demo.cli, screen: { ...screen, ...recorder } }, words)
  return { exit, shown: shown.join('\n') }
}

/** A command as a person in the demo's directory would type it; a long one goes on in a second line. */
export function showCommand({ cli }: Demo, ...words: readonly string[]): void {
  const { paint, print } = cli.screen
  const option = words.findIndex((word) => word.startsWith('--'))
  const line = words.map(quoted).join(' ')
  const parts =
    line.length <= RULE_COLUMNS || option === -1
      ? [line]
      : [
          `${words.slice(0, option).map(quoted).join(' ')} \\`,
          `    ${words.slice(option).map(quoted).join(' ')}`,
        ]
  print(`${paint('cyan', '$')} ${parts.map((part) => paint('bold', part)).join('\n')}`)
}

/** Time to read what was just shown; nobody reads along without a terminal. */
export async function readingTime({ cli }: Demo): Promise<void> {
  if (cli.screen.interactive) await sleep(READING_MILLISECONDS)
}

const READING_MILLISECONDS = 2_000

export function client({ cli }: Demo): Promise<Result<Client>> {
  return connect(cli, { start: false })
}

export function quoted(word: string): string {
  if (/^[\w@%+=:,./-]+$/.test(word)) return word
  return word.includes("'") ? `"${word.replaceAll(/["\\$`]/g, '\\$&')}"` : `'${word}'`
}
