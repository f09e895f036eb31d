import type { Protocol, Provider } from './gateway.ts'

interface Usual {
  readonly name: string
  /** Before `_API_KEY` and `_BASE_URL`. */
  readonly prefix: string
  readonly protocol: Protocol
  readonly baseUrl: string
}

/** In the order of preference: the first that is there is the default. */
const USUAL: readonly Usual[] = [
  { name: 'anthropic', prefix: 'ANTHROPIC', protocol: 'anthropic', baseUrl: 'https://api.anthropic.com' },
  { name: 'openai', prefix: 'OPENAI', protocol: 'openai-responses', baseUrl: 'https://api.openai.com' },
  { name: 'openrouter', prefix: 'OPENROUTER', protocol: 'openai-chat', baseUrl: 'https://openrouter.ai/api' },
  {
    name: 'gemini',
    prefix: 'GEMINI',
    protocol: 'gemini',
    baseUrl: 'https://generativelanguage.googleapis.com',
  },
  { name: 'groq', prefix: 'GROQ', protocol: 'openai-chat', baseUrl: 'https://api.groq.com/openai' },
  { name: 'mistral', prefix: 'MISTRAL', protocol: 'openai-chat', baseUrl: 'https://api.mistral.ai' },
  { name: 'deepseek', prefix: 'DEEPSEEK', protocol: 'openai-chat', baseUrl: 'https://api.deepseek.com' },
  { name: 'xai', prefix: 'XAI', protocol: 'openai-chat', baseUrl: 'https://api.x.ai' },
  { name: 'together', prefix: 'TOGETHER', protocol: 'openai-chat', baseUrl: 'https://api.together.xyz' },
  {
    name: 'fireworks',
    prefix: 'FIREWORKS',
    protocol: 'openai-chat',
    baseUrl: 'https://api.fireworks.ai/inference',
  },
  { name: 'cerebras', prefix: 'CEREBRAS', protocol: 'openai-chat', baseUrl: 'https://api.cerebras.ai' },
]

/** Sent where a server of one's own asks for no key. */
export const NO_KEY = 'none'

/**
 * The providers that the usual variables name (`ANTHROPIC_API_KEY`, `OPENAI_BASE_URL`, …). A base URL alone means a
 * server without keys. Another server that calls itself OpenAI's speaks Chat Completions; few speak Responses.
 */
export function providersFromEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
): readonly Provider[] {
  return USUAL.flatMap(({ name, prefix, protocol, baseUrl }) => {
    const key = environment[`${prefix}_API_KEY`]?.trim() ?? ''
    const given = withoutVersion(environment[`${prefix}_BASE_URL`]?.trim() ?? '')
    if (key === '' && given === '') return []
    const elsewhere = given !== '' && given !== baseUrl
    return {
      name,
      protocol: protocol === 'openai-responses' && elsewhere ? 'openai-chat' : protocol,
      baseUrl: elsewhere ? given : baseUrl,
      key: key === '' ? NO_KEY : key,
      models: [],
    }
  })
}

function withoutVersion(baseUrl: string): string {
  return baseUrl.replace(/\/+$/, '').replace(/\/v1$/, '')
}
