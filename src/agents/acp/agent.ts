import type { Agent, AgentModel, AgentProtocol } from '../agent.ts'
import { GATEWAY, NO_KEY, NODE, programOf } from '../gateway-address.ts'
import { GEMINI_ENVIRONMENT, withSettings } from '../gemini/agent.ts'
import { opencodeEnvironment } from '../opencode/agent.ts'
import { readReport } from '../report.ts'
import { promptFor } from '../task-text.ts'
import type { AcpBrief } from './brief.ts'

/** How a command that follows `acp:` is started, and what it must know of its model. */
interface Launch {
  readonly command: readonly [string, ...string[]]
  readonly environment: Readonly<Record<string, string>>
}

/** An agent that is known by name and speaks the Agent Client Protocol itself, or through an adapter. */
interface PackagedAgent {
  /** Left out by what comes with Airlock. */
  readonly package?: string
  readonly protocols: readonly AgentProtocol[]
  launch(words: readonly string[], model: AgentModel): Launch
}

const EVERY_PROTOCOL = ['anthropic', 'openai-responses', 'openai-chat', 'gemini'] as const

const PACKAGED: Readonly<Record<string, PackagedAgent>> = {
  gemini: {
    package: 'gemini',
    protocols: ['gemini'],
    launch: (words, model) => ({
      command: withSettings(...(words.length > 0 ? words : ['--acp']), '--model', model.name),
      environment: GEMINI_ENVIRONMENT,
    }),
  },
  opencode: {
    package: 'opencode',
    protocols: EVERY_PROTOCOL,
    launch: (words, model) => ({
      command: [programOf('opencode'), ...(words.length > 0 ? words : ['acp'])],
      environment: opencodeEnvironment(model, 'ask'),
    }),
  },
  builtin: {
    protocols: EVERY_PROTOCOL,
    launch: (words, model) => ({
      command: [
        NODE,
        '/opt/airlock/guest/src/agents/builtin/acp-main.ts',
        ...['--protocol', model.protocol, '--model', model.name],
        ...words,
      ],
      environment: {},
    }),
  },
  'claude-agent-acp': {
    package: 'claude-agent-acp',
    protocols: ['anthropic'],
    launch: (words, model) => ({
      command: [NODE, programOf('claude-agent-acp'), ...words],
      environment: {
        ANTHROPIC_BASE_URL: GATEWAY,
        ANTHROPIC_API_KEY: NO_KEY,
        ANTHROPIC_MODEL: model.name,
        CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
        DISABLE_AUTOUPDATER: '1',
      },
    }),
  },
}

/** The commands that name a packaged agent. */
export const PACKAGED_ACP_AGENTS = Object.keys(PACKAGED)

/** What follows `acp:`: words of printing characters, parted by single spaces and handed on without a shell. */
const NAME = /^acp:[\x21-\x7e]+(?: [\x21-\x7e]+)*$/
const LONGEST_NAME = 100

/**
 * An agent that speaks the Agent Client Protocol, from `acp:<command>`; undefined for any other name. The command is that
 * of a packaged agent (`acp:gemini --acp`) or a program inside of the sandbox, such as one of the repository's own tools.
 * A guest program speaks ACP with it in there: what leaves the sandbox are the report lines of the built-in agent.
 */
export function acpAgent(name: string): Agent | undefined {
  if (!NAME.test(name) || name.length > LONGEST_NAME) return undefined
  const [program = '', ...words] = name.slice('acp:'.length).split(' ')
  const packaged = Object.hasOwn(PACKAGED, program) ? PACKAGED[program] : undefined
  return {
    name,
    protocols: packaged?.protocols ?? EVERY_PROTOCOL,
    ...(packaged?.package === undefined ? {} : { package: packaged.package }),
    plan: (assignment, model) => {
      const launch = packaged?.launch(words, model) ?? own([program, ...words], model)
      const brief: AcpBrief = {
        version: 1,
        workspace: '/workspace',
        command: [...launch.command],
        prompt: promptFor(assignment),
        scope: assignment.grant.scope,
        protectedPaths: [...assignment.grant.protectedPaths],
      }
      return {
        command: [NODE, '/opt/airlock/guest/src/agents/acp/main.ts'],
        environment: launch.environment,
        mounts: [],
        input: JSON.stringify(brief),
      }
    },
    reader: () => readReport,
  }
}

/** A program that Airlock does not know finds its model by the usual variables. */
function own(command: [string, ...string[]], model: AgentModel): Launch {
  return {
    command,
    environment: {
      ANTHROPIC_BASE_URL: GATEWAY,
      ANTHROPIC_API_KEY: NO_KEY,
      OPENAI_BASE_URL: `${GATEWAY}/v1`,
      OPENAI_API_KEY: NO_KEY,
      GOOGLE_GEMINI_BASE_URL: GATEWAY,
      GEMINI_API_KEY: NO_KEY,
      AIRLOCK_MODEL: model.name,
      AIRLOCK_MODEL_PROTOCOL: model.protocol,
    },
  }
}
