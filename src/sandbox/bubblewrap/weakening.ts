/**
 * Takes a part of the profile away. Only tests have a use for it: an attack that no part stops, once that part is gone,
 * proves that the attack is real. Nothing outside of tests passes one, and a test looks after that.
 */
export interface Weakening {
  /** Rewrites the options of bwrap. */
  readonly options?: (options: readonly string[]) => readonly string[]
  /** Stands in for the system call filter. */
  readonly filter?: Uint8Array
  /** The environment of bwrap itself, which has none otherwise. */
  readonly environment?: Readonly<Record<string, string>>
  /** A descriptor of this process that is passed on. */
  readonly descriptor?: number
}
