/**
 * The closed set of refusal codes. A code is stable: programs match on it, messages are for people.
 * A new code does not compile until it has an HTTP status (http/failure-to-status) and an exit code (cli/exit-code).
 */
export const FAILURE_CODES = [
  // what the caller sent
  'invalid_input',
  'invalid_configuration',
  'invalid_scope',
  'invalid_selection',
  'not_found',
  'conflict',
  'precondition_failed',
  'unauthenticated',
  'permission_denied',
  'confirmation_needed',
  // the repository
  'repository_unreadable',
  'repository_empty',
  'base_not_found',
  'file_too_large',
  'patch_too_large',
  'unsafe_path',
  'unsafe_entry',
  // the task
  'wrong_state',
  'nothing_changed',
  'setup_failed',
  'agent_failed',
  'agent_idle',
  'time_exhausted',
  'budget_exhausted',
  'canary_tripped',
  'attempt_lost',
  'gateway_lost',
  'cancelled',
  // review and publication
  'approval_void',
  'findings_open',
  'self_approval',
  'protected_branch',
  'base_moved',
  'push_refused',
  // agents and models
  'unknown_agent',
  'agent_not_installed',
  'protocol_not_spoken',
  'unknown_provider',
  'unknown_model',
  'model_not_allowed',
  'provider_refused',
  'provider_unreachable',
  // the host
  'sandbox_unavailable',
  'image_unavailable',
  'sandbox_failed',
  'disk_full',
  'port_taken',
  'data_directory_busy',
  'database_unavailable',
  'vault_unavailable',
  'server_unreachable',
  // evidence
  'verification_failed',
  'internal',
] as const

export type FailureCode = (typeof FAILURE_CODES)[number]

/** A refusal: what was wrong, which rule said so, and the smallest change that would allow it. */
export interface Failure {
  readonly code: FailureCode
  /** One sentence for a person: what was wrong. */
  readonly message: string
  /** The name of the rule that spoke, where a rule did: `scope.write`, `branch.protected`. */
  readonly rule?: string
  /** The smallest change that would allow it. */
  readonly remedy?: string
  /** Facts a program may want: paths, lines, limits. JSON values only. */
  readonly details?: Readonly<Record<string, unknown>>
}

/** Carries a Failure through code that cannot return a Result: adapters, event handlers, the composition root. */
export class AirlockError extends Error {
  readonly failure: Failure

  constructor(failure: Failure, options?: ErrorOptions) {
    super(failure.message, options)
    this.name = 'AirlockError'
    this.failure = failure
  }
}

/** Translates whatever was thrown into a Failure, once, at the edge where it is caught. */
export function failureOf(thrown: unknown): Failure {
  if (thrown instanceof AirlockError) return thrown.failure
  const message = thrown instanceof Error ? thrown.message : String(thrown)
  if (isNodeError(thrown) && (thrown.code === 'ENOSPC' || thrown.code === 'EDQUOT'))
    return {
      code: 'disk_full',
      message: 'The disk is full.',
      remedy: 'Free some space, then retry the task.',
      details: { cause: message },
    }
  return {
    code: 'internal',
    message: 'Something went wrong inside Airlock.',
    remedy: "See the server's log for the whole story, and report it.",
    details: { cause: message },
  }
}

function isNodeError(thrown: unknown): thrown is NodeJS.ErrnoException {
  return thrown instanceof Error && 'code' in thrown
}
