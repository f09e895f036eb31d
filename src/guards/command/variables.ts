import type { Invocation } from './reading.ts'
import { operands } from './reading.ts'

const NONE: readonly Invocation[] = []
const MOST = 1_000
const LONGEST_VALUE = 4_096

/** Programs take a command out of these. */
export const COMMAND_VARIABLES = new Set(
  `BASH_ENV ENV PROMPT_COMMAND PAGER MANPAGER GIT_PAGER LESSOPEN LESSCLOSE EDITOR VISUAL GIT_EDITOR GIT_SSH_COMMAND GIT_SSH
  GIT_EXTERNAL_DIFF GIT_ASKPASS SSH_ASKPASS SUDO_ASKPASS BROWSER GIT_SEQUENCE_EDITOR GIT_PROXY_COMMAND`
    .split(/\s+/)
    .filter(Boolean),
)

/** What is known of shell variables at a point of the text, read from top to bottom. */
export class Variables {
  readonly #values = new Map<string, string>()
  readonly #sources = new Map<string, readonly Invocation[]>()
  readonly #typed = new Set<string>()

  /** True for a variable that `read` filled: somebody or some input says what it holds. */
  isTyped(name: string): boolean {
    return this.#typed.has(name)
  }

  value(name: string): string | undefined {
    return this.#values.get(name)
  }

  sources(name: string): readonly Invocation[] {
    return this.#sources.get(name) ?? NONE
  }

  /** `value` is undefined where only the run shows it; `sources` are the commands that print it. */
  set(name: string, value: string | undefined, sources: readonly Invocation[]): void {
    if (this.#values.size > MOST) return
    if (value === undefined || value.length > LONGEST_VALUE) this.#values.delete(name)
    else this.#values.set(name, value)
    if (sources.length > 0) this.#sources.set(name, sources.slice(0, 32))
    else this.#sources.delete(name)
  }

  /** `… | while read -r line` puts what stands upstream into `line`. */
  note({ name, args, upstream }: Invocation): void {
    if (name === 'unset') for (const { text } of operands(args)) this.set(text, undefined, NONE)
    if (name === 'read')
      for (const { text } of operands(args)) {
        this.set(text, undefined, upstream)
        if (this.#typed.size < MOST) this.#typed.add(text)
      }
  }
}
