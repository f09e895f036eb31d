import { InvalidArgumentError } from 'commander'
import { DEFAULT_LIMITS, type Limits } from '#sandbox/limits.ts'

const UNITS: Readonly<Record<string, number>> = { '': 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3 }

/** `memory=512m,seconds=20` as limits; later ones win. */
export function limitsOf(text: string, before: Partial<Limits> = {}): Partial<Limits> {
  return { ...before, ...Object.fromEntries(text.split(',').map(limitOf)) }
}

function limitOf(part: string): [string, number] {
  const [, name = '', digits = '', unit = ''] = /^(\w+)=(\d{1,12}(?:\.\d+)?)([kmg]?)$/i.exec(part) ?? []
  const value = Number(digits) * (UNITS[unit.toLowerCase()] ?? 1)
  if (Object.hasOwn(DEFAULT_LIMITS, name) && value > 0) return [name, value]
  throw new InvalidArgumentError(
    `Give name=value, a name being one of ${Object.keys(DEFAULT_LIMITS).join(', ')}.`,
  )
}
