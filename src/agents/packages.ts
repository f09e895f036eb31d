import { readFile } from 'node:fs/promises'

/** An agent that is published on npm: where it comes from, and where its program lies once it is installed. */
export interface AgentPackage {
  /** What people call it here; also its folder below /opt/airlock/agents. */
  readonly name: string
  readonly npm: string
  /** The version that is known to work; its lock file comes with Airlock. */
  readonly version: string
  /** Below node_modules. The first that is there is started: npm installs what is made for this machine only. */
  readonly programs: readonly string[]
  /** The folder below src/agents with `lock.json`. */
  readonly folder: string
  /** Whether the test suite runs it, or somebody did once, by hand. */
  readonly support: 'tested' | 'tried'
}

const forLinux = (path: (platform: string) => string) =>
  ['x64', 'arm64', 'x64-musl', 'arm64-musl'].map((machine) => path(`linux-${machine}`))

/** Install scripts never run: programs that they would unpack or link are found where they lie. */
export const AGENT_PACKAGES: readonly AgentPackage[] = [
  {
    name: 'claude-code',
    npm: '@anthropic-ai/claude-code',
    version: '2.1.197',
    programs: forLinux((platform) => `@anthropic-ai/claude-code-${platform}/claude`),
    folder: 'claude-code',
    support: 'tested',
  },
  {
    name: 'codex',
    npm: '@openai/codex',
    version: '0.169.0',
    programs: [
      '@openai/codex-linux-x64/vendor/x86_64-unknown-linux-musl/bin/codex',
      '@openai/codex-linux-arm64/vendor/aarch64-unknown-linux-musl/bin/codex',
    ],
    folder: 'codex',
    support: 'tested',
  },
  {
    name: 'gemini',
    npm: '@google/gemini-cli',
    version: '0.61.0',
    programs: ['@google/gemini-cli/bundle/gemini.js'],
    folder: 'gemini',
    support: 'tested',
  },
  {
    name: 'opencode',
    npm: 'opencode-ai',
    version: '1.18.33',
    // The baseline runs on every processor, the other only on newer ones.
    programs: ['opencode-linux-x64-baseline', 'opencode-linux-arm64', 'opencode-linux-x64-baseline-musl']
      .concat('opencode-linux-arm64-musl', 'opencode-linux-x64')
      .map((variant) => `${variant}/bin/opencode`),
    folder: 'opencode',
    support: 'tested',
  },
  {
    name: 'claude-agent-acp',
    npm: '@agentclientprotocol/claude-agent-acp',
    version: '0.100.0',
    programs: ['@agentclientprotocol/claude-agent-acp/dist/index.js'],
    folder: 'acp/claude-agent-acp',
    support: 'tried',
  },
]

export function packageNamed(name: string): AgentPackage | undefined {
  return AGENT_PACKAGES.find((known) => known.name === name)
}

/** The package-lock.json that comes with Airlock: every package of the tested version, by its SHA-512. */
export function shippedLock({ folder }: AgentPackage): Promise<string> {
  return readFile(new URL(`./${folder}/lock.json`, import.meta.url), 'utf8')
}
