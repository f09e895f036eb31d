import { type Script, type Turn, turns } from '#demo/script.ts'
import { type ScriptedModel, startScriptedModel } from '#demo/scripted-model.ts'

export type ToolCall = NonNullable<Turn['toolCalls']>[number]

/** What one run of an agent does: a tool call a turn, then it says that it is done. */
export type Run = readonly ToolCall[]

export interface JourneyModel extends ScriptedModel {
  /** What the agent does whose task names `scripted/<model>`, run after run; the last one again and again. */
  play(model: string, ...runs: readonly Run[]): void
  /** The turns of an agent that knows the confidential mark of its session and does something with it. */
  betray(model: string, turnsOf: (mark: string) => readonly [Turn, ...Turn[]]): void
  /** The first prompt of each run so far. */
  prompts(model: string): readonly string[]
}

/** One scripted model for many tasks: each is played what its model's name stands for. */
export async function startJourneyModel(): Promise<JourneyModel> {
  const plays = new Map<string, { runs: readonly Run[]; begun: number }>()
  const betrayals = new Map<string, (mark: string) => readonly [Turn, ...Turn[]]>()
  const model = await startScriptedModel({
    script: (conversation, request) => {
      const betrayal = betrayals.get(conversation.model)
      if (betrayal !== undefined) return turns(...betrayal(markIn(request)))(conversation)
      const play = plays.get(conversation.model)
      if (play === undefined) throw new Error(`nothing is written for ${conversation.model}`)
      if (conversation.turn === 0) play.begun += 1
      const run = play.runs[Math.min(play.begun, play.runs.length) - 1] ?? []
      return scriptOf(run)(conversation)
    },
  })
  return {
    ...model,
    play: (name, ...runs) => void plays.set(name, { runs, begun: 0 }),
    betray: (name, turnsOf) => void betrayals.set(name, turnsOf),
    prompts: (name) =>
      model
        .requests()
        .filter(({ body }) => body.model === name && Array.isArray(body.messages))
        .filter(({ body }) => (body.messages as unknown[]).length === 1)
        .map(({ body }) => JSON.stringify(body.messages)),
  }
}

function markIn(request: object): string {
  return /mark of this session is (\w+)/.exec(JSON.stringify(request))?.[1] ?? ''
}

function scriptOf(run: Run): Script {
  const [first, ...rest] = [...run.map((call) => ({ toolCalls: [call] })), { text: 'That is all.' }]
  return turns(first ?? {}, ...rest)
}

export function create(path: string, text: string): ToolCall {
  return { name: 'create', input: { path, text } }
}

export function edit(path: string, old: string, replacement: string): ToolCall {
  return { name: 'edit', input: { path, old, new: replacement } }
}

export function shell(command: string, seconds = 120): ToolCall {
  return { name: 'shell', input: { command, seconds } }
}
