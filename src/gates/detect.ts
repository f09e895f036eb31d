import { type EgressPreset, GateDefinition } from '#contract/project-file.ts'
import { detectCargo } from './detect/cargo.ts'
import type { Detected, ReadText, Sources } from './detect/detected.ts'
import { detectGo } from './detect/go.ts'
import { detectMake } from './detect/make.ts'
import { detectNode } from './detect/node.ts'
import { detectPython } from './detect/python.ts'

/** What a repository without its own `gates` gets. `why` says, line by line, what was seen and what follows. */
export interface Detection {
  readonly setup: readonly string[]
  readonly egress: readonly EgressPreset[]
  readonly gates: readonly GateDefinition[]
  readonly why: readonly string[]
}

/**
 * Finds out how a repository is prepared and checked from the manifests at its root.
 * Text from the manifests never becomes part of a command, save for version numbers that look like nothing else.
 */
export async function detectProject(
  files: readonly { readonly path: string }[],
  read: ReadText,
): Promise<Detection> {
  const sources: Sources = { paths: new Set(files.map((file) => file.path)), read }
  const found = [
    await detectNode(sources),
    await detectPython(sources),
    await detectGo(sources),
    await detectCargo(sources),
  ].filter((detected) => detected !== undefined)
  const gates = uniquelyNamed(found)
  const make = await detectMake(sources, new Set(gates.map((gate) => gate.name)))
  const all = make === undefined ? found : [...found, make]
  return {
    setup: all.flatMap((detected) => detected.setup),
    egress: [...new Set(all.flatMap((detected) => detected.egress))],
    gates: [...gates, ...(make?.gates.map(definition) ?? [])],
    why: all.flatMap((detected) => detected.why),
  }
}

/** The first ecosystem keeps the plain name (`test`), the next ones get their own (`test-python`). */
function uniquelyNamed(found: readonly Detected[]): GateDefinition[] {
  const taken = new Set<string>()
  return found.flatMap(({ ecosystem, gates }) =>
    gates.map((gate) => {
      const name = taken.has(gate.name) ? `${gate.name}-${ecosystem}` : gate.name
      taken.add(name)
      return definition({ ...gate, name })
    }),
  )
}

function definition(gate: { readonly name: string; readonly run: string }): GateDefinition {
  return GateDefinition.parse(gate)
}
