import { Problem } from '#contract/api.ts'
import { FAILURE_CODES, type Failure } from '#kernel/failure.ts'

/** What a refused response says, as the Failure it was on the server. */
export async function failureIn(response: Response): Promise<Failure> {
  const problem = Problem.safeParse(await response.json().catch(() => undefined))
  const code = FAILURE_CODES.find((known) => problem.success && known === problem.data.code)
  if (!problem.success || code === undefined)
    return {
      code: 'internal',
      message: `The server answered ${response.status} in a way that is not Airlock's.`,
      remedy: 'Check that the address is that of an Airlock server of this version.',
    }
  const { detail, rule, remedy, details } = problem.data
  return {
    code,
    message: detail,
    ...(rule === undefined ? {} : { rule }),
    ...(remedy === undefined ? {} : { remedy }),
    ...(details === undefined ? {} : { details }),
  }
}

export function unreachable(url: string): Failure {
  return {
    code: 'server_unreachable',
    message: `No Airlock server answers at ${url}.`,
    remedy: 'Start it with `airlock up`, or see why it stopped in server.log of the data directory.',
  }
}
