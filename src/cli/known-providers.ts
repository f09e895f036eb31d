import type { ModelProtocol } from '#contract/api.ts'

interface KnownProvider {
  readonly protocol: ModelProtocol
  readonly baseUrl: string
  readonly wantsKey: boolean
}

/** Providers whose address nobody should have to look up. Any other is added with --protocol and --base-url. */
export const KNOWN_PROVIDERS: Readonly<Record<string, KnownProvider>> = {
  anthropic: { protocol: 'anthropic', baseUrl: 'https://api.anthropic.com', wantsKey: true },
  openai: { protocol: 'openai-responses', baseUrl: 'https://api.openai.com', wantsKey: true },
  gemini: {
    protocol: 'gemini',
    baseUrl: 'https://generativelanguage.googleapis.com',
    wantsKey: true,
  },
  openrouter: { protocol: 'openai-chat', baseUrl: 'https://openrouter.ai/api', wantsKey: true },
  groq: { protocol: 'openai-chat', baseUrl: 'https://api.groq.com/openai', wantsKey: true },
  mistral: { protocol: 'openai-chat', baseUrl: 'https://api.mistral.ai', wantsKey: true },
  deepseek: { protocol: 'openai-chat', baseUrl: 'https://api.deepseek.com', wantsKey: true },
  ollama: { protocol: 'openai-chat', baseUrl: 'http://127.0.0.1:11434', wantsKey: false },
  lmstudio: { protocol: 'openai-chat', baseUrl: 'http://127.0.0.1:1234', wantsKey: false },
}
