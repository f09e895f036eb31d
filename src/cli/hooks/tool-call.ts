import type { CommandContext, CommandFinding } from '#guards/command/verdict.ts'

/** What an agent is about to do, in the words of its hook. */
export interface ToolCall {
  readonly tool: string
  readonly input: Readonly<Record<string, unknown>>
  readonly directory?: string | undefined
}

/** What the guard says of a tool call. */
export interface HookVerdict {
  readonly verdict: 'allow' | 'ask' | 'deny'
  /** In words for the agent and for whoever is asked; empty for `allow`. */
  readonly reason: string
}

const SHELLS = new Set(
  'bash shell run_shell_command exec_command local_shell shell_command unified_exec execute_command terminal run'.split(
    ' ',
  ),
)
const WRITERS = new Set(
  'write edit multiedit notebookedit write_file replace create_file edit_file str_replace_editor patch'.split(
    ' ',
  ),
)
const READERS = new Set('read read_file view cat read_many_files'.split(' '))

/** Judges one tool call. A call of a shell without a readable command is refused; tools that touch neither are nobody's business here. */
export async function judgeToolCall(
  { tool, input, directory }: ToolCall,
  context: CommandContext,
): Promise<HookVerdict> {
  const text = commandOf(tool.toLowerCase(), input)
  if (text === undefined) return { verdict: 'allow', reason: '' }
  if (text === UNREADABLE) return { verdict: 'deny', reason: `Airlock cannot read the command of ${tool}.` }
  const { decidingFinding, judgeCommand } = await import('#guards/command/judge.ts')
  const judgement = judgeCommand(text, {
    ...context,
    ...(directory !== undefined && { workspace: directory }),
  })
  const decisive = decidingFinding(judgement)
  return { verdict: judgement.verdict, reason: decisive ? reasonOf(decisive) : '' }
}

function reasonOf({ rule, reason, remedy }: CommandFinding): string {
  return `${reason} (${rule}) ${remedy}`
}

const UNREADABLE = Symbol('unreadable')

/** The shell command that does the same as the call; undefined for a call that this guard does not judge. */
function commandOf(tool: string, input: ToolCall['input']): string | typeof UNREADABLE | undefined {
  if (tool === 'apply_patch') return patchedFiles(input)
  if (SHELLS.has(tool)) {
    const command = input.command ?? input.cmd
    if (typeof command === 'string') return command
    return isWords(command) ? command.map(quoted).join(' ') : UNREADABLE
  }
  if (!WRITERS.has(tool) && !READERS.has(tool)) return undefined
  const path = input.file_path ?? input.absolute_path ?? input.filePath ?? input.notebook_path ?? input.path
  if (typeof path !== 'string') return undefined
  return `${WRITERS.has(tool) ? 'tee' : 'cat'} -- ${quoted(path)}`
}

function patchedFiles(input: ToolCall['input']): string | typeof UNREADABLE {
  const patch = input.command ?? input.input ?? input.patch
  const text = isWords(patch) ? patch.join('\n') : patch
  if (typeof text !== 'string') return UNREADABLE
  const files = text
    .split('\n')
    .flatMap(
      (line) => /^\*\*\* (?:Add|Update|Delete) File: (.+)$|^\*\*\* Move to: (.+)$/.exec(line)?.slice(1) ?? [],
    )
    .filter((file) => file !== undefined)
  return files.length === 0 ? 'true' : `tee -- ${files.map(quoted).join(' ')}`
}

function isWords(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.length > 0 && value.every((word) => typeof word === 'string')
}

/** For a shell: as one word, whatever it holds. */
export function quoted(word: string): string {
  return /^[\w@%+:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
}
