import { type SandboxTier, satisfies } from '#contract/sandbox-tier.ts'
import type { Failure } from '#kernel/failure.ts'

/** Why a project cannot be worked on here: it requires a stronger sandbox than the server has. Never a weaker one in silence. */
export function tierFailure(
  required: SandboxTier | undefined,
  active: SandboxTier | undefined,
): Failure | undefined {
  if (required === undefined || (active !== undefined && satisfies(active, required))) return undefined
  return {
    code: 'sandbox_unavailable',
    rule: 'sandbox.require',
    message: `The project requires the sandbox ${required}; this server has ${active ?? 'none that counts'}.`,
    remedy: `${HOW_TO_GET[required]}, or lower sandbox.require in airlock.yaml on the base branch.`,
    details: { required, ...(active === undefined ? {} : { active }) },
  }
}

const CONTAINER = 'Start the server with AIRLOCK_SANDBOX=container and a sandbox runner'

const HOW_TO_GET: Readonly<Record<SandboxTier, string>> = {
  bubblewrap: 'Start the server with AIRLOCK_SANDBOX=bubblewrap',
  container: `${CONTAINER} (docs/sandbox-drivers.md)`,
  gvisor: `${CONTAINER} that has --runtime runsc (docs/sandbox-drivers.md)`,
}
