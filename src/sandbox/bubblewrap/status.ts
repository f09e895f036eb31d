/** What bwrap said on its status descriptor. The inside can forge it: good for words to people, never for a decision. */
export interface Status {
  /** The host's number of the process that is pid 1 inside. */
  readonly firstProcess?: number
  /** Absent when the command never started. */
  readonly exitCode?: number
}

const MOST_BYTES = 16 * 1024

/** Reads the lines of `--json-status-fd`; what is not as expected is left out. */
export function readStatus(text: string): Status {
  const [, firstProcess] = /"child-pid": *(\d{1,10})\b/.exec(text.slice(0, MOST_BYTES)) ?? []
  const [, exitCode] = /^\{ *"exit-code": *(\d{1,3}) *\}/m.exec(text.slice(0, MOST_BYTES)) ?? []
  return {
    ...(firstProcess === undefined ? {} : { firstProcess: Number(firstProcess) }),
    ...(exitCode === undefined ? {} : { exitCode: Number(exitCode) }),
  }
}
