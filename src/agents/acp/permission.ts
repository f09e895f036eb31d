import type {
  RequestPermissionRequest,
  RequestPermissionResponse,
  ToolCallUpdate,
} from '@agentclientprotocol/sdk'
import type { Refusal } from '#contract/refusal.ts'
import { judgeCommand } from '#guards/command/judge.ts'
import type { Bench } from '../builtin/tools/bench.ts'
import { locateForWriting } from '../builtin/tools/workspace-path.ts'

/** The answer to one question of an agent, and what to tell the host of it. */
export interface Decision {
  readonly response: RequestPermissionResponse
  readonly what: string
  /** Absent when it was allowed. */
  readonly refusal: Refusal | undefined
}

/**
 * Answers by policy what an agent asks leave for: a command by the command guard, a change of files by the scope. Only
 * ever for this once. It is a courtesy of the agent to ask, so this is a hint to honest ones; the sandbox is the boundary.
 */
export async function decidePermission(
  bench: Bench,
  { toolCall, options }: RequestPermissionRequest,
): Promise<Decision> {
  const what = described(toolCall)
  const objection = await objectionTo(bench, toolCall, what)
  const once = options.find(({ kind }) => kind === (objection === undefined ? 'allow_once' : 'reject_once'))
  const refusal = objection ?? (once === undefined ? onlyForEver(what) : undefined)
  const response: RequestPermissionResponse = {
    outcome: once === undefined ? { outcome: 'cancelled' } : { outcome: 'selected', optionId: once.optionId },
  }
  return { response, what, refusal }
}

/** What the agent wants to do, in as few words as tell it. */
export function described(
  call: Pick<ToolCallUpdate, 'kind' | 'title' | 'rawInput' | 'locations' | 'content'>,
): string {
  const command = call.kind === 'execute' ? commandOf(call) : undefined
  return command ?? (call.title || pathsOf(call).join(', ') || call.kind || 'something unnamed')
}

/** The command of a tool call; agents that do not send it apart have it in the title. */
export function commandOf({
  rawInput,
  title,
}: Pick<ToolCallUpdate, 'rawInput' | 'title'>): string | undefined {
  const command = fieldOf(rawInput, 'command')
  if (typeof command === 'string') return command
  if (Array.isArray(command) && command.every((word) => typeof word === 'string')) return command.join(' ')
  return title ?? undefined
}

/** The paths that a tool call is about. */
export function pathsOf({
  locations,
  content,
  rawInput,
}: Pick<ToolCallUpdate, 'locations' | 'content' | 'rawInput'>): string[] {
  const named = ['file_path', 'filePath', 'filepath', 'path'].map((name) => fieldOf(rawInput, name))
  const diffs = (content ?? []).flatMap((part) => (part.type === 'diff' ? [part.path] : []))
  const paths = [...(locations ?? []).map(({ path }) => path), ...diffs, ...named]
  return [...new Set(paths.filter((path): path is string => typeof path === 'string'))]
}

async function objectionTo(bench: Bench, call: ToolCallUpdate, what: string): Promise<Refusal | undefined> {
  switch (call.kind) {
    case 'execute':
      return objectionToCommand(bench, commandOf(call), what)
    case 'edit':
    case 'delete':
    case 'move':
      return objectionToPaths(bench, pathsOf(call), what)
    case 'switch_mode':
      return refusal('permission.mode', what, 'The agent may not give itself another mode.')
    default:
      return undefined
  }
}

function objectionToCommand(bench: Bench, command: string | undefined, what: string): Refusal | undefined {
  if (command === undefined)
    return refusal('permission.unreadable', what, 'The agent did not say which command.')
  const { verdict, findings } = judgeCommand(command, { workspace: bench.workspace })
  const finding = findings.find((candidate) => candidate.verdict === verdict)
  return finding && { ...refusal(finding.rule, what, finding.reason), remedy: finding.remedy }
}

async function objectionToPaths(
  bench: Bench,
  paths: readonly string[],
  what: string,
): Promise<Refusal | undefined> {
  if (paths.length === 0) return refusal('permission.unreadable', what, 'The agent did not say which files.')
  for (const path of paths) {
    const located = await locateForWriting(bench, path)
    if (!located.inside) return located.refusal
  }
  return undefined
}

function onlyForEver(what: string): Refusal {
  return refusal('permission.for-ever', what, 'The agent offered no answer that holds for this once.')
}

function refusal(rule: string, what: string, reason: string): Refusal {
  return { rule, boundary: 'command', what: what.slice(0, 2_000), reason }
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
}
