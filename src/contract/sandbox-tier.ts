import { z } from 'zod'

/**
 * What separates a sandbox from the host, the weaker first. `bubblewrap` and `container` share the host's kernel, and
 * `container` adds an engine that can be limited to one image; `gvisor` has a kernel of its own in user space.
 */
export const SandboxTier = z.enum(['bubblewrap', 'container', 'gvisor'])
export type SandboxTier = z.infer<typeof SandboxTier>

/** True when an active tier is the required one, or stronger. */
export function satisfies(active: SandboxTier, required: SandboxTier): boolean {
  return SandboxTier.options.indexOf(active) >= SandboxTier.options.indexOf(required)
}
