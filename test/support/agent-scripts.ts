import type { ToolCall } from './journey-model.ts'

/** The words in which each real agent's model asks for the same three things. */
export interface AgentScript {
  shell(command: string): ToolCall
  read(path: string): ToolCall
  write(path: string, text: string): ToolCall
  edit(path: string, before: string, after: string): ToolCall
}

export const AGENT_SCRIPTS: Readonly<Record<string, AgentScript>> = {
  'claude-code': {
    shell: (command) => ({ name: 'Bash', input: { command, description: 'Run it' } }),
    read: (path) => ({ name: 'Read', input: { file_path: inWorkspace(path) } }),
    write: (path, content) => ({ name: 'Write', input: { file_path: inWorkspace(path), content } }),
    edit: (path, old_string, new_string) => ({
      name: 'Edit',
      input: { file_path: inWorkspace(path), old_string, new_string, replace_all: false },
    }),
  },
  codex: {
    shell: (cmd) => ({ name: 'exec_command', input: { cmd } }),
    read: (path) => ({ name: 'exec_command', input: { cmd: `cat ${path}` } }),
    write: (path, text) => applyPatch(`*** Add File: ${path}`, ...lines(text).map((line) => `+${line}`)),
    edit: (path, before, after) => applyPatch(`*** Update File: ${path}`, '@@', `-${before}`, `+${after}`),
  },
  gemini: {
    shell: (command) => ({ name: 'run_shell_command', input: { command, description: 'Run it' } }),
    read: (path) => ({ name: 'read_file', input: { file_path: inWorkspace(path) } }),
    write: (path, content) => ({ name: 'write_file', input: { file_path: inWorkspace(path), content } }),
    edit: (path, old_string, new_string) => ({
      name: 'replace',
      input: { file_path: inWorkspace(path), old_string, new_string, instruction: 'Change it' },
    }),
  },
  opencode: {
    shell: (command) => ({ name: 'bash', input: { command, description: 'Run it' } }),
    read: (path) => ({ name: 'read', input: { filePath: inWorkspace(path) } }),
    write: (path, content) => ({ name: 'write', input: { filePath: inWorkspace(path), content } }),
    edit: (path, oldString, newString) => ({
      name: 'edit',
      input: { filePath: inWorkspace(path), oldString, newString },
    }),
  },
  builtin: {
    shell: (command) => ({ name: 'shell', input: { command, seconds: 60 } }),
    read: (path) => ({ name: 'read', input: { path } }),
    write: (path, text) => ({ name: 'create', input: { path, text } }),
    edit: (path, old, replacement) => ({ name: 'edit', input: { path, old, new: replacement } }),
  },
}

function inWorkspace(path: string): string {
  return `/workspace/${path}`
}

function lines(text: string): string[] {
  return text.replace(/\n$/, '').split('\n')
}

function applyPatch(...body: readonly string[]): ToolCall {
  const patch = ['*** Begin Patch', ...body, '*** End Patch'].join('\n')
  return { name: 'exec_command', input: { cmd: `apply_patch <<'EOF'\n${patch}\nEOF` } }
}
