import { randomUUID } from 'node:crypto'
import { APICallError, RetryError, stepCountIs, ToolLoopAgent } from 'ai'
import { taskOf } from '../task-text.ts'
import { benchIn, type Host } from '../workbench.ts'
import type { Brief } from './brief.ts'
import { EXIT, type ExitCode } from './exit-code.ts'
import { repositoryGuidance } from './guidance.ts'
import { instructionsFor } from './instructions.ts'
import { modelOf } from './model.ts'
import { toolbox } from './toolbox.ts'
import type { Bench } from './tools/bench.ts'
import { wrapUpReminder } from './wrap-up.ts'

/** A loop longer than this is going nowhere, whatever the budget. Calls are counted by the gateway: a budget may be raised. */
const MOST_STEPS = 200
const ANTHROPIC_OUTPUT_TOKENS = 32_000

/** Works on a brief until the model is done, the budget is gone or the signal comes. Never rejects. */
export async function carryOut(brief: Brief, host: Host): Promise<ExitCode> {
  const { report, signal } = host
  const say = (text: string) => report({ kind: 'event', body: { kind: 'message', text } })
  try {
    const bench = await benchIn(brief.workspace, brief.assignment.grant, host)
    const conversation = await converse(brief, bench, say)
    if (signal.aborted) return stopped(say)
    if (conversation.error !== undefined) return failure(conversation.error, say)
    if (conversation.unfinished) {
      say('budget: the agent used up its steps before it was done.')
      return EXIT.budget
    }
    report({ kind: 'finished', summary: conversation.lastText || 'The agent ended without a summary.' })
    return EXIT.finished
  } catch (error) {
    return signal.aborted ? stopped(say) : failure(error, say)
  }
}

interface Conversation {
  readonly lastText: string
  readonly unfinished: boolean
  readonly error?: unknown
}

async function converse(brief: Brief, bench: Bench, say: (text: string) => void): Promise<Conversation> {
  const reminder = wrapUpReminder(brief.socket)
  const agent = new ToolLoopAgent({
    model: modelOf(brief),
    instructions: {
      role: 'system',
      content: instructionsFor(brief, await repositoryGuidance(bench), `mark-${randomUUID()}`),
      providerOptions: { anthropic: { cacheControl: { type: 'ephemeral' } } },
    },
    tools: toolbox(bench),
    // One at a time and in order: two edits of one file must not race.
    toolCallConcurrency: 1,
    stopWhen: stepCountIs(MOST_STEPS),
    prepareStep: async ({ messages }) => {
      const content = await reminder()
      return content === undefined ? {} : { messages: [...messages, { role: 'user', content }] }
    },
    providerOptions: { openai: { store: false } },
    // Messages demands a limit; for a model the SDK does not know it would ask for 4096 and cut long answers.
    ...(brief.model.protocol === 'anthropic' && { maxOutputTokens: ANTHROPIC_OUTPUT_TOKENS }),
    maxRetries: 2,
  })
  const { fullStream } = await agent.stream({ prompt: taskOf(brief.assignment), abortSignal: bench.signal })
  let lastText = ''
  let text = ''
  let unfinished = false
  for await (const part of fullStream) {
    switch (part.type) {
      case 'text-start':
        text = ''
        break
      case 'text-delta':
        text += part.text
        break
      case 'text-end':
        if (text.trim() !== '') {
          lastText = text.trim()
          say(lastText)
        }
        break
      case 'finish':
        unfinished = part.finishReason === 'tool-calls'
        break
      case 'error':
        return { lastText, unfinished: true, error: part.error }
      case 'abort':
        return { lastText, unfinished: true }
    }
  }
  return { lastText, unfinished }
}

function failure(error: unknown, say: (text: string) => void): ExitCode {
  const cause = RetryError.isInstance(error) ? error.lastError : error
  if (APICallError.isInstance(cause) && cause.statusCode === 402) {
    say(`budget: ${cause.message}`)
    return EXIT.budget
  }
  const status = APICallError.isInstance(cause) ? (cause.statusCode ?? 'no answer') : 'no answer'
  say(`The model could not go on (${status}): ${cause instanceof Error ? cause.message : String(cause)}`)
  return EXIT.model
}

function stopped(say: (text: string) => void): ExitCode {
  say('The agent was told to stop.')
  return EXIT.stopped
}
