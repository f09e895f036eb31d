import type { Demo } from './demo.ts'

/** The first screen: what will happen, how long it takes, and what becomes of it. */
export function welcome({ cli, place, realModel }: Demo, keep: boolean): void {
  const { paint, print } = cli.screen
  const first =
    realModel === undefined
      ? 'An AI agent is asked to fix a bug in a sample repository. It tries to break out five times before it does.'
      : 'An AI agent is asked to fix a bug in a sample repository, with the model you named.'
  print(`\n${paint('bold', 'Airlock')}  put AI coding agents to work without having to trust them\n`)
  print(first)
  print('You see what is refused and why, read its patch, and decide. Then you prove what was approved.')
  print(
    `About a minute. All of it happens in ${place.root}, ${keep ? 'and stays there' : 'and is removed at the end'}.`,
  )
}
