/** How the guest program says why it stopped. It comes from inside the sandbox: a claim, never proof. */
export const EXIT = {
  finished: 0,
  /** The gateway refused with 402, or the steps of the grant are used up; the work so far stays. */
  budget: 10,
  /** The model could not be reached or answered with an error. */
  model: 11,
  /** Standard input was not a brief. */
  brief: 12,
  /** SIGTERM: 128 + 15, as a shell would say it. */
  stopped: 143,
} as const

export type ExitCode = (typeof EXIT)[keyof typeof EXIT]
