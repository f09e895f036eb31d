import { duration } from '#cli/terminal/amounts.ts'
import type { Screen } from '#cli/terminal/screen.ts'
import { table, width } from '#cli/terminal/table.ts'
import { wrapped } from '#cli/terminal/wrap.ts'
import type { Clock } from '#kernel/instant.ts'
import { ok, type Result, refused } from '#kernel/result.ts'
import { INTERRUPTED, type Interruption } from './interruption.ts'

/** How wide the demo speaks, where the terminal is wide enough. */
export const RULE_COLUMNS = 100

/** Tells the story: numbered steps with a line of why, what came of them, and whether every promise was kept. */
export interface Narrator {
  /** Begins a step; refused once the person wants to stop. */
  begin(title: string, why: string): Result<void>
  /** Something happened as it should. */
  done(text: string): void
  /** A remark, in a lower voice. */
  aside(text: string): void
  /** Something the demo promises. A broken promise is shown, and makes it exit with a failure. */
  promise(kept: boolean, text: string): void
  readonly broken: readonly string[]
  /** The person is asked now: what follows is their time. */
  asked(): void
  /** How long each step took, as a table. */
  times(): string
}

interface Step {
  readonly title: string
  readonly began: number
}

export function createNarrator(screen: Screen, clock: Clock, interruption: Interruption): Narrator {
  const { paint } = screen
  const began = clock()
  const steps: Step[] = []
  const broken: string[] = []
  let askedAt: number | undefined
  const seconds = (from: number, to: number) => duration((to - from) / 1000)
  return {
    broken,
    begin(title, why) {
      if (interruption.happened) return refused(INTERRUPTED)
      steps.push({ title, began: clock() })
      const heading = ` ${steps.length}  ${title} `
      const line = '─'.repeat(Math.max(2, Math.min(RULE_COLUMNS, screen.columns) - width(heading) - 2))
      screen.print(`\n${paint('cyan', '──')}${paint('bold', heading)}${paint('cyan', line)}`)
      screen.print(
        `${wrapped(why, RULE_COLUMNS)
          .map((part) => paint('dim', part))
          .join('\n')}\n`,
      )
      return ok(undefined)
    },
    done: (text) => screen.print(`${paint('green', '✓')} ${text}`),
    aside: (text) => screen.print(paint('dim', text)),
    promise(kept, text) {
      if (kept) return screen.print(`${paint('green', '✓')} ${text}`)
      broken.push(text)
      screen.print(`${paint(['bold', 'red'], '✗ not as promised:')} ${text}`)
    },
    asked() {
      askedAt ??= clock()
    },
    times() {
      const now = clock()
      const rows = steps.map((step, place) => [
        paint('cyan', String(place + 1)),
        step.title,
        seconds(step.began, steps[place + 1]?.began ?? now),
      ])
      if (askedAt !== undefined)
        rows.push(['', paint('bold', 'from the start to your decision'), seconds(began, askedAt)])
      rows.push(['', paint('bold', 'in all'), seconds(began, now)])
      return table([{ title: '' }, { title: 'step' }, { title: 'took', align: 'right' }], rows, paint)
    },
  }
}
