import type { EgressPreset } from '#contract/project-file.ts'
import presets from './presets.json' with { type: 'json' }

/** The exact `host:port` pairs that these presets open; none for no presets. */
export function allowedByPresets(names: readonly EgressPreset[]): ReadonlySet<string> {
  const table: Readonly<Record<EgressPreset, readonly string[]>> = presets
  return new Set(names.flatMap((name) => table[name]))
}
