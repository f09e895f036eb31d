import type { GateDefinition } from '#contract/project-file.ts'
import { type Digest, digestOf } from '#kernel/bytes.ts'
import { canonicalJson } from '#kernel/canonical-json.ts'
import type { GateRun } from './gate-run.ts'

/** What the base's runs are remembered in. A lost entry only costs time; a false one would hide a regression. */
export interface BaseCache {
  get(key: Digest): Promise<GateRun | undefined>
  put(key: Digest, run: GateRun): Promise<void>
}

/** Everything that can change what a gate says about a base, besides the gate itself. */
export interface BaseFacts {
  /** Git tree of the base commit. */
  readonly tree: string
  /** Names the root file system and the tools in it. */
  readonly image: string
  readonly setup: readonly string[]
}

/** Grows when parsers change, so that runs read by an older Airlock are not compared with newer ones. */
const READING = 1

/** The key under which a gate's run on a base is remembered. */
export function baseKey({ tree, image, setup }: BaseFacts, gate: GateDefinition): Digest {
  const { run, parser, timeoutSeconds } = gate
  return digestOf(canonicalJson({ reading: READING, tree, image, setup, run, parser, timeoutSeconds }))
}

/** A cache that forgets with the process. */
export function memoryCache(): BaseCache {
  const runs = new Map<Digest, GateRun>()
  return {
    get: async (key) => runs.get(key),
    put: async (key, run) => {
      runs.set(key, run)
    },
  }
}
