import type { TaskState } from '#contract/task.ts'
import type { Paint } from '../terminal/screen.ts'

type Colour = 'dim' | 'cyan' | 'yellow' | 'green' | 'red'

const LOOK = {
  queued: ['○', 'dim'],
  preparing: ['◐', 'cyan'],
  running: ['◐', 'cyan'],
  checking: ['◐', 'cyan'],
  awaiting_review: ['◆', 'yellow'],
  approved: ['◐', 'green'],
  publishing: ['◐', 'green'],
  published: ['●', 'green'],
  failed: ['✗', 'red'],
  stopped: ['■', 'red'],
  rejected: ['✗', 'red'],
  cancelled: ['■', 'dim'],
} as const satisfies Record<TaskState, readonly [string, Colour]>

/** A state as people read it: its mark, its words, its colour. */
export function stateText(state: TaskState, paint: Paint): string {
  const [mark, colour] = LOOK[state]
  return paint(colour, `${mark} ${stateWords(state)}`)
}

export function stateWords(state: TaskState): string {
  return state.replaceAll('_', ' ')
}
