import type { Client } from '#cli/client.ts'
import { connect } from '#cli/connect.ts'
import type { CliDependencies } from '#cli/dependencies.ts'
import { runCli } from '#cli/program.ts'
import type { Result } from '#kernel/result.ts'
import type { Narrator } from './narrator.ts'
import type { Place } from './place.ts'

/** What every step of the demo works with. */
export interface Demo {
  readonly place: Place
  readonly narrator: Narrator
  /** The command line of the demo's own installation. */
  readonly cli: CliDependencies
  /** The provider of the environment that thinks instead of the script, as `provider` or `provider/model`. */
  readonly realModel: string | undefined
  /** The sample repository of this checkout. */
  readonly sample: string
  /** The program as a person would type it. */
  readonly program: string
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

/** A command as a person in the demo's directory would type it. */
export function showCommand({ cli, place }: Demo, ...words: readonly string[]): void {
  const line = words.map((word) => quoted(word.replace(`${place.root}/`, ''))).join(' ')
  cli.screen.print(`${cli.screen.paint('cyan', '$')} ${cli.screen.paint('bold', line)}`)
}

export function client({ cli }: Demo): Promise<Result<Client>> {
  return connect(cli, { start: false })
}

export function quoted(word: string): string {
  if (/^[\w@%+=:,./-]+$/.test(word)) return word
  return word.includes("'") ? `"${word.replaceAll(/["\\$`]/g, '\\$&')}"` : `'${word}'`
}
