import type { Idea, Sentence } from './read.ts'
import type { InjectionClass, SignalExamples } from './signal.ts'

/** How much an order weighs by who wrote it. A person may shape a conversation; data may not. */
export interface Weights {
  readonly data: number
  readonly user: number
  readonly repository: number
  /** In what a tool returned; as for other data if not said. */
  readonly tool?: number
}

/** Where an order stands, and what lessens it: it is told of rather than given, or only half of it is there. */
export interface Found {
  readonly from: Idea
  readonly to: Idea
  readonly factor: number
}

/** One kind of order, recognised by the ideas that meet in a sentence. */
export interface Order extends SignalExamples {
  readonly class: InjectionClass
  readonly reason: string
  readonly weights: Weights
  /** Concepts one of which a sentence must hold before it is asked. */
  readonly about: number
  readonly find: (sentence: Sentence, text: string) => Found | undefined
}
