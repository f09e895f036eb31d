import type { Detected, Sources } from './detected.ts'

/** Cargo packages and workspaces. Clippy only where the project configures it: not every toolchain has it. */
export async function detectCargo({ paths, read }: Sources): Promise<Detected | undefined> {
  if (!paths.has('Cargo.toml')) return undefined
  const manifest = (await read('Cargo.toml')) ?? ''
  const needed =
    /^\[(?:.*\.)?(?:dev-|build-)?dependencies(?:\.|\])/m.test(manifest) || /^\[workspace\]/m.test(manifest)
  const locked = paths.has('Cargo.lock') ? ' --locked' : ''
  const clippy =
    paths.has('clippy.toml') ||
    paths.has('.clippy.toml') ||
    /^\[(?:workspace\.)?lints\.clippy\]/m.test(manifest)
  return {
    ecosystem: 'rust',
    setup: needed ? [`cargo fetch${locked}`] : [],
    egress: needed ? ['crates'] : [],
    gates: [
      ...(clippy ? [{ name: 'lint', run: 'cargo clippy --offline --workspace --all-targets' }] : []),
      { name: 'build', run: 'cargo check --offline --workspace --all-targets' },
      { name: 'test', run: 'cargo test --offline --workspace' },
    ],
    why: ['Cargo.toml'],
  }
}
