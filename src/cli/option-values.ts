import { InvalidArgumentError } from 'commander'

/** For an option that may be given several times. */
export function collect(value: string, before: string[] = []): string[] {
  return [...before, value]
}

/** US dollars as a person writes them, in micro-dollars. */
export function money(text: string): number {
  const value = /^\$?(\d{1,4}(?:\.\d{1,6})?)$/.exec(text)?.[1]
  if (value === undefined) throw new InvalidArgumentError('Give dollars, such as 0.50.')
  return Math.round(Number(value) * 1_000_000)
}

/** Dollars of a budget that many tasks share. */
export function largeMoney(text: string): number {
  const value = /^\$?(\d{1,6}(?:\.\d{1,6})?)$/.exec(text)?.[1]
  if (value === undefined) throw new InvalidArgumentError('Give dollars, such as 50.')
  return Math.round(Number(value) * 1_000_000)
}

/** Minutes, in seconds. */
export function minutes(text: string): number {
  const value = Number(text)
  if (!(value > 0 && value <= 1440)) throw new InvalidArgumentError('Give minutes, from 1 to 1440.')
  return Math.max(1, Math.round(value * 60))
}

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400 }

/** A time as people write it (`2h`, `30m`), in seconds. */
export function span(text: string): number {
  const [, digits = '', unit = ''] = /^([1-9]\d{0,6})([smhd])$/.exec(text) ?? []
  if (digits === '') throw new InvalidArgumentError('Give a time such as 30m, 2h or 1d.')
  return Number(digits) * (SECONDS[unit] ?? 1)
}

export function whole(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('Give a whole number.')
  return Number(text)
}
