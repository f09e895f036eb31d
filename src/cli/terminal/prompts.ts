import { confirm, isCancel, multiline, multiselect, password, select, text } from '@clack/prompts'

export interface Choice<T extends string> {
  readonly value: T
  readonly label: string
  readonly hint?: string
}

/** Questions to a person. Every answer may be undefined: they pressed Escape or Ctrl-C. */
export interface Prompts {
  choose<T extends string>(question: string, choices: readonly Choice<T>[]): Promise<T | undefined>
  pickMany<T extends string>(question: string, choices: readonly Choice<T>[]): Promise<T[] | undefined>
  confirm(question: string, preset: boolean): Promise<boolean | undefined>
  line(question: string, preset?: string): Promise<string | undefined>
  lines(question: string, preset?: string): Promise<string | undefined>
  /** Not shown while it is typed. */
  secret(question: string): Promise<string | undefined>
}

/** Asks on the terminal. Labels and hints must be safe to show. */
export const terminalPrompts: Prompts = {
  async choose(message, choices) {
    const picked = await select<string>({ message, options: choices.map((choice) => ({ ...choice })) })
    return isCancel(picked) ? undefined : choices.find((choice) => choice.value === picked)?.value
  },
  async pickMany(message, choices) {
    const options = choices.map((choice) => ({ ...choice }))
    const picked = await multiselect<string>({ message, options, required: false })
    if (isCancel(picked)) return undefined
    return choices.map((choice) => choice.value).filter((value) => picked.includes(value))
  },
  async confirm(message, initialValue) {
    const answer = await confirm({ message, initialValue })
    return isCancel(answer) ? undefined : answer
  },
  async line(message, preset = '') {
    const answer = await text({ message, initialValue: preset })
    return isCancel(answer) ? undefined : answer
  },
  async lines(message, preset = '') {
    const answer = await multiline({
      message: `${message} (Tab and Enter when it is done)`,
      initialValue: preset,
      showSubmit: true,
    })
    return isCancel(answer) ? undefined : answer
  },
  async secret(message) {
    const answer = await password({ message })
    return isCancel(answer) ? undefined : answer
  },
}
