import { record } from './agent-hook.ts'

/** Marks our entries among those of others. */
const OURS = /\bhook (claude-code|codex|gemini)\b/

interface Entry {
  readonly matcher: string
  readonly hooks: readonly Readonly<Record<string, unknown>>[]
}

/** Puts an entry for an event into JSON settings, once, and leaves everything else as it is. */
export function withHook(existing: string, event: string, entry: Entry): string {
  const settings = existing.trim() === '' ? {} : record(JSON.parse(existing))
  const hooks = settings.hooks === undefined ? {} : record(settings.hooks)
  const others = entriesOf(hooks[event]).filter((other) => !isOurs(other))
  return text({ ...settings, hooks: { ...hooks, [event]: [...others, entry] } })
}

/** Takes our entry out again; undefined when nothing is left. */
export function withoutHook(existing: string, event: string): string | undefined {
  const { hooks: given, ...settings } = record(JSON.parse(existing))
  const { [event]: entries, ...others } = given === undefined ? {} : record(given)
  const left = entriesOf(entries).filter((other) => !isOurs(other))
  const hooks = left.length > 0 ? { ...others, [event]: left } : others
  const rest = Object.keys(hooks).length > 0 ? { ...settings, hooks } : settings
  return Object.keys(rest).length > 0 ? text(rest) : undefined
}

function entriesOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : []
}

function isOurs(entry: unknown): boolean {
  return OURS.test(JSON.stringify(entry))
}

function text(settings: unknown): string {
  return `${JSON.stringify(settings, null, 2)}\n`
}
