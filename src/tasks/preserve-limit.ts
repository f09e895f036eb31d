import type { Failure } from '#kernel/failure.ts'
import type { Workshop } from './workshop.ts'

/** Why a workspace cannot be kept for so long here. */
export function preserveFailure(
  { preserveMaximum }: Pick<Workshop, 'preserveMaximum'>,
  seconds: number | undefined,
): Failure | undefined {
  if (seconds === undefined || seconds <= preserveMaximum) return undefined
  return {
    code: 'invalid_input',
    rule: 'sandbox.preserve',
    message:
      preserveMaximum === 0
        ? 'This server keeps no workspaces.'
        : `This server keeps workspaces for ${preserveMaximum} seconds at most.`,
    remedy: 'Ask for less, or ask who runs the server to raise AIRLOCK_PRESERVE_MAX (at most 7d).',
    details: { asked: seconds, most: preserveMaximum },
  }
}
