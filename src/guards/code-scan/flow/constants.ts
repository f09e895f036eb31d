import type { Constant } from '../syntax/program.ts'

/** What an operator gives for two constants; undefined when this is nothing we compute. */
export function computed(operator: string, left: Constant, right: Constant): Constant | undefined {
  const compare = COMPARISONS[operator]
  if (compare !== undefined) return compare(left, right)
  if (typeof left !== 'number' || typeof right !== 'number') return undefined
  return ARITHMETIC[operator]?.(left, right)
}

const COMPARISONS: Readonly<Record<string, (left: Constant, right: Constant) => boolean | undefined>> = {
  '==': equal,
  '===': equal,
  is: equal,
  '!=': (left, right) => !equal(left, right),
  '!==': (left, right) => !equal(left, right),
  '<': (left, right) => ordered(left, right, (a, b) => a < b),
  '>': (left, right) => ordered(left, right, (a, b) => a > b),
  '<=': (left, right) => ordered(left, right, (a, b) => a <= b),
  '>=': (left, right) => ordered(left, right, (a, b) => a >= b),
}

const ARITHMETIC: Readonly<Record<string, (left: number, right: number) => number>> = {
  '+': (left, right) => left + right,
  '-': (left, right) => left - right,
  '*': (left, right) => left * right,
  '/': (left, right) => left / right,
  '%': (left, right) => left % right,
}

function equal(left: Constant, right: Constant): boolean {
  return left === right
}

function ordered(left: Constant, right: Constant, holds: (left: number, right: number) => boolean) {
  return typeof left === 'number' && typeof right === 'number' ? holds(left, right) : undefined
}
