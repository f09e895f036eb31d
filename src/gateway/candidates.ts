import type { Stopwatch } from '#kernel/instant.ts'
import type { Endpoint } from './endpoints/endpoint.ts'
import type { Provider } from './gateway.ts'

/** A provider that may answer a lane's calls. */
export interface Candidate {
  readonly provider: Provider
  /** What it is asked for instead of the model that the agent named; undefined to ask for that one. */
  readonly model: string | undefined
  readonly endpoint: Endpoint
}

/** Who answers a lane's calls, in order: whoever failed lately comes last for a while. */
export interface Candidates {
  inOrder(): readonly Candidate[]
  failed(candidate: Candidate): void
}

/** So long the others are asked first: shorter than the minute that quotas are counted in, and a cold cache costs. */
const REST = 30_000

export function createCandidates(all: readonly Candidate[], stopwatch: Stopwatch): Candidates {
  const resting = new Map<Candidate, number>()
  return {
    inOrder() {
      if (resting.size === 0) return all
      const now = stopwatch()
      const rests = (candidate: Candidate) => (resting.get(candidate) ?? 0) > now
      return [...all.filter((each) => !rests(each)), ...all.filter(rests)]
    },
    failed: (candidate) => void resting.set(candidate, stopwatch() + REST),
  }
}
