import { AirlockError } from '#kernel/failure.ts'

/** Translates what the driver throws, once: an unreachable database and a full disk are failures, the rest are bugs. */
export function databaseFailure(thrown: unknown): unknown {
  if (!(thrown instanceof Error) || thrown instanceof AirlockError) return thrown
  const code = 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : ''
  if (code === DISK_FULL)
    return new AirlockError(
      {
        code: 'disk_full',
        message: 'The database cannot write: its disk is full.',
        remedy: 'Free some space, then try again.',
      },
      { cause: thrown },
    )
  if (UNREACHABLE.test(code) || LOST.test(thrown.message))
    return new AirlockError(
      {
        code: 'database_unavailable',
        message: 'The database cannot be reached.',
        rule: 'database.connection',
        remedy: 'Check that the database is running, then try again.',
        details: { cause: thrown.message },
      },
      { cause: thrown },
    )
  return thrown
}

/** True when a row with that key was already there. */
export function isDuplicate(thrown: unknown): boolean {
  return thrown instanceof Error && 'code' in thrown && thrown.code === UNIQUE_VIOLATION
}

const DISK_FULL = '53100'
const UNIQUE_VIOLATION = '23505'
// Class 08 connection exceptions, 57P01..57P03 shutting down or starting, 53300 too many connections, and the socket's own.
const UNREACHABLE =
  /^(08|57P0|53300|28|3D000)|^(ECONNREFUSED|ECONNRESET|ENOENT|ENOTFOUND|ETIMEDOUT|EPIPE|EHOSTUNREACH)$/
const LOST = /Connection terminated|timeout exceeded when trying to connect|timeout expired/
