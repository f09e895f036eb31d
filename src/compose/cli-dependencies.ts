import { randomBytes } from 'node:crypto'
import { text } from 'node:stream/consumers'
import type { AgentTools } from '#cli/agent-tools.ts'
import type { CliDependencies } from '#cli/dependencies.ts'
import { createPager } from '#cli/pager.ts'
import type { SandboxTools } from '#cli/sandbox-tools.ts'
import { terminalPrompts } from '#cli/terminal/prompts.ts'
import { manyLines } from '#cli/terminal/safe-text.ts'
import { createScreen } from '#cli/terminal/screen.ts'
import { changedFiles } from '#forge/git/changed-files.ts'
import {
  commitFacts,
  commitId,
  currentBranch,
  evidenceNote,
  isDirty,
  rootOf,
} from '#forge/git/local-repository.ts'
import type { Config } from './config.ts'
import { verifierKeyFile } from './verifier-key-file.ts'

export interface Program {
  readonly version: string
  readonly mainFile: string
  readonly packageRoot: string
}

/**
 * Connects the command line to this machine: its terminal, its git, its server. The server's own parts are loaded when
 * they are asked for: most commands only speak HTTP, and should answer at once.
 */
export function cliDependencies(
  config: Config,
  { version, mainFile, packageRoot }: Program,
): CliDependencies {
  const screen = createScreen({
    input: process.stdin,
    output: process.stdout,
    errors: process.stderr,
    dumb: config.inherited.TERM === 'dumb',
  })
  const doctor = async () => {
    const { examineHost } = await import('./examine-host.ts')
    return examineHost(config, packageRoot)
  }
  return {
    version,
    mainFile,
    dataDirectory: config.dataDirectory,
    workingDirectory: process.cwd(),
    environment: config.inherited,
    trustedKeyFile: verifierKeyFile(config.dataDirectory),
    screen,
    prompts: terminalPrompts,
    page: createPager(screen, { pager: config.pager, environment: config.inherited }),
    clock: () => Date.now(),
    random: (size) => randomBytes(size),
    git: { rootOf, isDirty, currentBranch, commitId, evidenceNote, commitFacts },
    changedFiles,
    readInput: () => text(process.stdin),
    onInterrupt: (listener) => {
      for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, listener)
      return () => {
        for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, listener)
      }
    },
    doctor,
    sandbox: sandboxTools(config, packageRoot),
    agents: agentToolsOf(config, packageRoot),
    images: async () => {
      const [{ openToolbox }, { imageTools }] = await Promise.all([
        import('./toolbox.ts'),
        import('./image-tools.ts'),
      ])
      return imageTools(await openToolbox(config, packageRoot), (message) => screen.remark(message))
    },
    serve: async ({ port }) => {
      const { serve } = await import('./serve.ts')
      return serve(config, {
        version,
        packageRoot,
        ...(port === undefined ? {} : { port }),
        examineHost: doctor,
        onProblem: (message, cause) => screen.remark(manyLines(`${message}: ${described(cause)}`)),
      })
    },
  }
}

function described(cause: unknown): string {
  return cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)
}

/** Loaded when they are used. */
function sandboxTools(config: Config, packageRoot: string): SandboxTools {
  const open = async () => (await import('./toolbox.ts')).openToolbox(config, packageRoot)
  return {
    exec: async (request) => (await import('./sandbox-exec.ts')).execInSandbox(await open(), request),
    cases: async () => (await import('#sandbox/lab/lab-cases.ts')).LAB_CASES,
    lab: async (request) => (await import('./sandbox-lab.ts')).attackSandboxes(await open(), request),
  }
}

/** Loaded when they are used. */
function agentToolsOf(config: Config, packageRoot: string): AgentTools {
  const open = async () => (await import('./agent-tools.ts')).agentTools(config, packageRoot)
  return {
    list: async () => (await open()).list(),
    install: async (request) => (await open()).install(request),
    remove: async (name, version) => (await open()).remove(name, version),
  }
}
