import type { Readable } from 'node:stream'

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

/** The status descriptor of one bwrap, read as it comes. */
export interface StatusReader {
  /** The process that will be pid 1 inside, told before anything of the inside runs; undefined if bwrap ended before. */
  firstProcess(): Promise<number | undefined>
  /** All that was said, once nobody can say more. */
  all(): Promise<Status>
  stop(): void
}

export function statusReader(stream: Readable): StatusReader {
  let text = ''
  const named = Promise.withResolvers<number | undefined>()
  const reading = (async () => {
    try {
      for await (const chunk of stream) {
        if (text.length < MOST_BYTES) text += chunk
        const { firstProcess } = readStatus(text)
        if (firstProcess !== undefined) named.resolve(firstProcess)
      }
    } catch {} // a reset status pipe tells as little as an empty one
    named.resolve(undefined)
    return readStatus(text)
  })()
  return { firstProcess: () => named.promise, all: () => reading, stop: () => void stream.destroy() }
}
