import { spawn } from 'node:child_process'
import type { Screen } from './terminal/screen.ts'

/** Shows long text page by page; prints it when there is no terminal, no pager, or it fits the screen. */
export type Page = (text: string) => Promise<void>

interface PagerSetting {
  /** `$PAGER`: a program and its arguments, started without a shell. */
  readonly pager: string | undefined
  readonly environment: Readonly<Record<string, string | undefined>>
}

export function createPager(screen: Screen, { pager, environment }: PagerSetting): Page {
  const [program = 'less', ...given] = (pager ?? '').split(/\s+/).filter((word) => word !== '')
  const options = program === 'less' && given.length === 0 ? ['-R', '-F', '-X'] : given
  return async (text) => {
    if (!screen.live || text.split('\n').length < screen.rows) return screen.print(text)
    // What is shown comes from an agent: no shell, no editor, no files from within the pager.
    const settings = { ...environment, LESSSECURE: '1' }
    if (!(await shown(program, options, settings, text))) screen.print(text)
  }
}

function shown(
  program: string,
  options: readonly string[],
  environment: NodeJS.ProcessEnv,
  text: string,
): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const child = spawn(program, options, { stdio: ['pipe', 'inherit', 'inherit'], env: environment })
  child.on('error', () => resolve(false))
  child.on('close', () => resolve(true))
  // Leaving the pager early closes the pipe; that is not a failure.
  child.stdin.on('error', () => undefined)
  child.stdin.end(text)
  return promise
}
