import { existsSync } from 'node:fs'
import { runCli } from '#cli/program.ts'
import { type Demo, quoted } from './demo.ts'
import { machineWide } from './machine-wide.ts'
import { clear } from './place.ts'

export interface End {
  /** What the machine had before, of what all installations share. */
  readonly machine: readonly string[]
  readonly runtimeDirectory: string
  readonly keep: boolean
  readonly ending: 'all of it' | 'not approved' | 'interrupted' | 'broken off'
}

/** Ends what runs, takes away what was made and says so. Gives what could not be removed. */
export async function closing(
  demo: Demo,
  { runtimeDirectory, machine, keep, ending }: End,
): Promise<readonly string[]> {
  const { screen } = demo.cli
  const { paint } = screen
  screen.status('')
  screen.status(paint('dim', 'stopping and clearing away …'))
  await runCli({ ...demo.cli, screen: { ...screen, print: silent, remark: silent, status: silent } }, [
    'down',
  ])
  for (const end of demo.afterwards.splice(0).reverse()) await end()
  demo.place.leave()
  const made = [demo.place.root, runtimeDirectory].filter((directory) => existsSync(directory))
  const left = keep ? [] : await clear(made)
  screen.status('')

  const { broken } = demo.narrator
  if (ending === 'not approved')
    screen.print('\nYou did not approve it, so nothing left: the remote is as it was.')
  if (ending === 'interrupted') screen.print('\nInterrupted.')
  if (ending === 'all of it') screen.print(`\n${demo.narrator.times()}`)
  if (broken.length > 0) screen.print(`\n${paint(['bold', 'red'], 'Not as promised:')} ${broken.join('; ')}`)
  else if (ending === 'all of it') screen.print(nextSteps(demo))
  screen.print(keep ? kept(demo, runtimeDirectory) : removed(demo, made, left))
  const shared = (await machineWide()).filter((part) => !machine.includes(part))
  if (shared.length > 0)
    screen.print(paint('dim', `  Every Airlock on this machine shares what stays: ${shared.join(', ')}`))
  return left
}

function nextSteps({ cli, program, programPath }: Demo): string {
  const { paint } = cli.screen
  const steps = [
    [`${quoted(program)} doctor`, 'what this machine gives to sandboxes'],
    [`${quoted(program)} provider add anthropic`, 'your key; or openai, ollama, any compatible address'],
    [`cd YOUR-REPOSITORY && ${quoted(programPath)} run "…" --scope 'src/**' --budget 0.50`, ''],
  ]
  const widest = Math.max(...steps.slice(0, 2).map(([command = '']) => command.length))
  return [
    `\n${paint('bold', 'Now with your own repository')}`,
    ...steps.map(([command = '', what = '']) =>
      `  ${paint('cyan', command.padEnd(widest))}  ${paint('dim', what)}`.trimEnd(),
    ),
  ].join('\n')
}

function removed({ cli }: Demo, made: readonly string[], left: readonly string[]): string {
  const { paint } = cli.screen
  const gone = made.filter((directory) => !left.includes(directory))
  return [
    `\n${paint('green', '✓')} Removed: the server and its database, ${gone.join(', ')}`,
    ...left.map((directory) => `${paint('red', '✗')} Could not be removed: ${directory}`),
  ].join('\n')
}

function kept({ cli, place, program }: Demo, runtimeDirectory: string): string {
  const { paint } = cli.screen
  const command = (words: string) =>
    `  ${paint('cyan', `AIRLOCK_HOME=${quoted(place.home)} ${quoted(program)} ${words}`)}`
  return [
    `\nKept in ${place.root}; the server is stopped and starts again when it is asked. The last command removes it all:`,
    command('show 1'),
    command('audit list'),
    command(`down && rm -rf ${quoted(place.root)} ${quoted(runtimeDirectory)}`),
  ].join('\n')
}

function silent(): void {}
