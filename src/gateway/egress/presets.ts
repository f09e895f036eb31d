import { EgressPreset } from '#contract/project-file.ts'
import presets from './presets.json' with { type: 'json' }

const TABLE: Readonly<Record<EgressPreset, readonly string[]>> = presets

/** The exact `host:port` pairs that these presets open; none for no presets. */
export function allowedByPresets(names: readonly EgressPreset[]): ReadonlySet<string> {
  return new Set(names.flatMap((name) => TABLE[name]))
}

/** The preset that opens a `host:port`; undefined when none does. */
export function presetThatOpens(target: string): EgressPreset | undefined {
  return EgressPreset.options.find((name) => TABLE[name].includes(target))
}
