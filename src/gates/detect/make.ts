import type { Detected, Sources } from './detected.ts'

const MAKEFILES = ['GNUmakefile', 'makefile', 'Makefile']

/** Makefile targets for what no other gate covers; `check` only when there is no other gate, since it is usually all of them. */
export async function detectMake(
  { paths, read }: Sources,
  covered: ReadonlySet<string>,
): Promise<Detected | undefined> {
  const makefile = MAKEFILES.find((path) => paths.has(path))
  const text = makefile === undefined ? undefined : await read(makefile)
  if (makefile === undefined || text === undefined) return undefined
  const targets = ['lint', 'test'].filter((target) => !covered.has(target) && hasTarget(text, target))
  if (targets.length === 0 && covered.size === 0 && hasTarget(text, 'check')) targets.push('check')
  if (targets.length === 0) return undefined
  return {
    ecosystem: 'make',
    setup: [],
    egress: [],
    gates: targets.map((target) => ({ name: target, run: `make ${target}` })),
    why: targets.map((target) => `${makefile} has the target "${target}"`),
  }
}

function hasTarget(text: string, target: string): boolean {
  return new RegExp(`^(?:[\\w.-]+ +)*${target}(?: +[\\w.-]+)* *::?(?!=)`, 'm').test(text)
}
