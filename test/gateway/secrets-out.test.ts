import fc from 'fast-check'
import { afterEach, describe, expect, test } from 'vitest'
import { createPromptRedaction } from '#gateway/outgoing/redact-prompt.ts'
import { startAnthropic } from '../support/providers/anthropic.ts'
import { startGemini } from '../support/providers/gemini.ts'
import { startOpenaiChat } from '../support/providers/openai-chat.ts'
import { startOpenaiResponses } from '../support/providers/openai-responses.ts'
import { SCRIPT_KEY, type ScriptedProvider } from '../support/providers/scripted-provider.ts'
import { ask, openTestLane, type TestLane } from './open-test-lane.ts'

const TOKEN = 'Tr0ub4dor&3-"horse"/battery+staple'
const KEY =
  '-----BEGIN THING-----\nq83vEjRWeJCrze8SNFZ4kKvN7xI0VniQ\nq83vEjRWeJCrze8SNFZ4kKvN7xI0VniQ\n-----END THING-----\n'
const SECRETS = [
  { name: 'git password', value: TOKEN },
  { name: 'provider scripted', value: SCRIPT_KEY },
  { name: 'ssh key', value: KEY },
]
const BYTES = Buffer.from(TOKEN)

const ENCODINGS: Readonly<Record<string, string>> = {
  'as it is': TOKEN,
  'base64, first alignment': BYTES.toString('base64'),
  'base64, second alignment': Buffer.from(`a${TOKEN}bc`).toString('base64'),
  'base64, third alignment': Buffer.from(`ab${TOKEN}c`).toString('base64'),
  'base64 for addresses': BYTES.toString('base64url'),
  'base64 in lines': BYTES.toString('base64').replace(/.{7}/g, '$&\n'),
  'encoded for an address': `https://x.example/?q=${encodeURIComponent(TOKEN)}`,
  'escaped as JSON': JSON.stringify({ password: TOKEN }),
  'escaped as JSON twice': JSON.stringify(JSON.stringify({ password: TOKEN })),
  hexadecimal: BYTES.toString('hex'),
  'hexadecimal in capitals': BYTES.toString('hex').toUpperCase(),
  'broken over lines': TOKEN.replace(/.{6}/g, '$&\n  '),
  'several lines': `key:\n${KEY}`,
  'several lines in one': JSON.stringify(KEY),
}

/** Which secrets somebody finds in a request body who unpacks everything it holds. */
function traces(body: string): string[] {
  const flat = stringsIn(JSON.parse(body)).join(' ').replace(/\s/g, '').toLowerCase()
  const inside = [0, 1, 2].flatMap((shift) => {
    const digits = Buffer.concat([Buffer.alloc(shift), BYTES])
      .toString('base64')
      .slice(4, -4)
    return [digits, digits.replaceAll('+', '-').replaceAll('/', '_')]
  })
  const forms = [TOKEN, SCRIPT_KEY, 'q83vEjRWeJCrze8SNFZ4', BYTES.toString('hex'), encodeURIComponent(TOKEN)]
  return [...forms, ...inside].filter((form) => flat.includes(form.toLowerCase()))
}

/** Every string, and those in a string that is JSON itself. */
function stringsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value, ...stringsIn(parsed(value))]
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) => [key, ...stringsIn(inner)])
}

function parsed(text: string): unknown {
  const json = /[{"[].*[}"\]]/s.exec(text)?.[0]
  try {
    const value: unknown = JSON.parse(json ?? '')
    return value === text ? undefined : value
  } catch {
    return undefined
  }
}

const DIALECTS = {
  anthropic: {
    start: startAnthropic,
    path: '/v1/messages',
    body: (texts: readonly string[]) => ({
      model: 'claude-opus-4-8',
      max_tokens: 10,
      system: [{ type: 'text', text: texts[0] }],
      messages: [
        { role: 'user', content: texts.map((text) => ({ type: 'text', text })) },
        {
          role: 'assistant',
          content: [{ type: 'tool_use', id: 't', name: 'shell', input: { command: texts.join('') } }],
        },
        { role: 'user', content: [{ type: 'tool_result', tool_use_id: 't', content: texts.join('') }] },
      ],
    }),
  },
  'openai-chat': {
    start: startOpenaiChat,
    path: '/v1/chat/completions',
    body: (texts: readonly string[]) => ({
      model: 'gpt-5.5',
      messages: [
        { role: 'user', content: texts.map((text) => ({ type: 'text', text })) },
        {
          role: 'assistant',
          tool_calls: [
            {
              id: 'c',
              type: 'function',
              function: { name: 'shell', arguments: JSON.stringify({ command: texts.join('') }) },
            },
          ],
        },
        { role: 'tool', tool_call_id: 'c', content: texts.join('') },
      ],
    }),
  },
  'openai-responses': {
    start: startOpenaiResponses,
    path: '/v1/responses',
    body: (texts: readonly string[]) => ({
      model: 'gpt-5.5',
      instructions: texts.join(''),
      input: [
        { role: 'user', content: texts.map((text) => ({ type: 'input_text', text })) },
        {
          type: 'function_call',
          call_id: 'c',
          name: 'shell',
          arguments: JSON.stringify({ command: texts.join('') }),
        },
        { type: 'function_call_output', call_id: 'c', output: texts.join('') },
      ],
    }),
  },
  gemini: {
    start: startGemini,
    path: '/v1beta/models/gemini-2.5-pro:generateContent',
    body: (texts: readonly string[]) => ({
      contents: [
        { role: 'user', parts: texts.map((text) => ({ text })) },
        { role: 'model', parts: [{ functionCall: { name: 'shell', args: { command: texts.join('') } } }] },
        {
          role: 'user',
          parts: [{ functionResponse: { name: 'shell', response: { output: texts.join('') } } }],
        },
      ],
    }),
  },
} as const

let provider: ScriptedProvider | undefined
let lane: TestLane | undefined

afterEach(async () => {
  await lane?.close()
  await provider?.close()
})

describe.each(Object.keys(DIALECTS) as (keyof typeof DIALECTS)[])('over %s', (protocol) => {
  test('Secrets never appear in a captured request body on the provider side, in any of the encodings named', async () => {
    const dialect = DIALECTS[protocol]
    const model = await dialect.start()
    provider = model
    lane = await openTestLane(protocol, model.url, { secrets: SECRETS })
    for (const encoded of Object.values(ENCODINGS))
      for (const texts of [
        [`before ${encoded} after`],
        [encoded.slice(0, 9), encoded.slice(9)],
        [SCRIPT_KEY],
      ]) {
        expect(traces(JSON.stringify(dialect.body(texts)))).not.toEqual([])
        model.script({ text: 'Done.' })
        expect((await ask(lane, dialect.path, dialect.body(texts))).status).toBe(200)
        const seen = model.seen.at(-1)?.text ?? ''
        expect(traces(seen)).toEqual([])
        expect(JSON.stringify(JSON.parse(seen))).toContain('[airlock:secret:')
      }
    expect(lane.refusals.map(({ rule }) => rule)).toContain('secret.redacted')
    expect(lane.calls.every(({ redacted = 0 }) => redacted > 0)).toBe(true)
    expect(traces(JSON.stringify(lane.events))).toEqual([])
  })
})

describe('the redaction of a prompt', () => {
  const redact = createPromptRedaction(SECRETS)
  const redacted = (value: unknown) => JSON.parse(redact(Buffer.from(JSON.stringify(value))).body.toString())

  test('what holds no secret goes on as the very bytes that came', () => {
    fc.assert(
      fc.property(fc.json(), fc.constantFrom('', ' ', '\n'), (json, space) => {
        const body = Buffer.from(`${space}${json}${space}`)
        expect(redact(body)).toEqual({ body, redacted: [] })
        expect(redact(body).body).toBe(body)
      }),
    )
  })

  test('wherever a secret is put into a JSON text, it goes, and everything else stays', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 3 }), fc.string(), fc.string(), (rest, before, after) => {
        const plain = { rest, messages: [{ content: `${before}${TOKEN}${after}` }], last: [1.5, 'end'] }
        expect(redacted(plain)).toEqual({
          ...JSON.parse(JSON.stringify(plain)),
          messages: [{ content: `${before}[airlock:secret:git-password]${after}` }],
        })
      }),
    )
  })

  test('the same secret always gets the same placeholder, so that the cache of the provider holds', () => {
    const github = `ghp_${'0123456789abcdefABCDEF0123456789abcd'}`
    const once = redacted({ messages: [{ content: `a ${TOKEN} b` }] })
    const twice = redacted({ messages: [{ content: `a ${TOKEN} b` }, { content: `c ${TOKEN}` }] })
    expect(twice.messages[0]).toEqual(once.messages[0])
    expect(redacted({ content: github })).toEqual(redacted({ content: github }))
  })

  test('what a provider signed or encrypted is never touched', () => {
    const sealed = {
      messages: [
        {
          content: [
            { type: 'thinking', thinking: 'hm', signature: TOKEN },
            { type: 'redacted_thinking', data: TOKEN },
            { signature: TOKEN, type: 'thinking' },
          ],
        },
      ],
      input: [{ type: 'reasoning', encrypted_content: TOKEN }],
      contents: [{ parts: [{ thoughtSignature: TOKEN, functionCall: {} }] }],
    }
    expect(redacted(sealed)).toEqual(sealed)
    const unsealed = { source: { type: 'base64', data: TOKEN }, signature: TOKEN }
    expect(redacted(unsealed)).toEqual({
      source: { type: 'base64', data: '[airlock:secret:git-password]' },
      signature: '[airlock:secret:git-password]',
    })
  })

  test('a secret that is split over parts is taken out of all of them', () => {
    expect(
      redacted({
        content: [
          { type: 'text', text: `one ${TOKEN.slice(0, 5)}` },
          { type: 'text', text: TOKEN.slice(5, 20) },
          { type: 'text', text: `${TOKEN.slice(20)} two` },
        ],
      }),
    ).toEqual({
      content: [
        { type: 'text', text: 'one [airlock:secret:git-password]' },
        { type: 'text', text: '' },
        { type: 'text', text: ' two' },
      ],
    })
  })

  test('a secret in the name of a field goes too, and letters beyond ASCII stay in place', () => {
    expect(redacted({ [`é ${TOKEN} 𝄞`]: { deep: `ü\u0007 ${TOKEN} 𝄞` } })).toEqual({
      'é [airlock:secret:git-password] 𝄞': { deep: 'ü\u0007 [airlock:secret:git-password] 𝄞' },
    })
    const body = Buffer.from(
      `{"content":"\\u00e9\\ud834\\udd1e ${JSON.stringify(TOKEN).slice(1, -1)} \\u00e9"}`,
    )
    expect(redact(body).body.toString()).toBe(
      '{"content":"\\u00e9\\ud834\\udd1e [airlock:secret:git-password] \\u00e9"}',
    )
  })

  test('what is told once stays where it stands first, as it is, and nowhere else', () => {
    const once = createPromptRedaction([], [{ name: 'mark', value: TOKEN }])
    const count = (value: unknown) => once(Buffer.from(JSON.stringify(value))).redacted.length
    expect(count({ instructions: `Keep ${TOKEN}.`, input: 'Go on.' })).toBe(0)
    expect(count({ messages: [{ role: 'system', content: TOKEN }] })).toBe(0)
    expect(count({ instructions: TOKEN, input: [{ output: TOKEN }] })).toBe(1)
    expect(count({ instructions: TOKEN, input: [{ output: BYTES.toString('hex') }] })).toBe(1)
    expect(count({ system: [{ type: 'text', text: TOKEN }], messages: [{ content: TOKEN }] })).toBe(1)
  })

  test('bytes that are no JSON make no trouble', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        const body = Buffer.from(bytes)
        expect(redact(body).body).toBe(body)
      }),
    )
  })
})
