import { tool } from 'ai'
import { z } from 'zod'
import { judgeCommand } from '#guards/command/judge.ts'
import { type Bench, refuse } from './bench.ts'
import { runShell } from './run-shell.ts'

const LONGEST_SECONDS = 600
const PULSE_MILLISECONDS = 10_000

export function shellTool(bench: Bench) {
  return tool({
    description:
      'Runs a bash command in the workspace and returns its output and exit code. There is no network. Dangerous commands are refused before they run.',
    inputSchema: z.strictObject({
      command: z.string().min(1).max(20_000),
      seconds: z.int().min(1).max(LONGEST_SECONDS).default(120).describe('Time limit'),
    }),
    execute: async ({ command, seconds }) => {
      const { verdict, findings } = judgeCommand(command, { workspace: bench.workspace })
      const [finding] = findings.filter((candidate) => candidate.verdict === verdict)
      if (finding)
        return refuse(bench, {
          rule: finding.rule,
          boundary: 'command',
          what: command,
          reason: finding.reason,
          remedy: finding.remedy,
        })
      const forbidden = await bench.permit?.('execute', command)
      if (forbidden) return refuse(bench, { ...forbidden, boundary: 'command', what: command })
      const pulse = setInterval(bench.alive, PULSE_MILLISECONDS)
      const ending = await runShell(command, { directory: bench.workspace, seconds, signal: bench.signal })
      clearInterval(pulse)
      bench.report({
        kind: 'event',
        body: {
          kind: 'command',
          command,
          ...(ending.exitCode !== undefined && { exitCode: ending.exitCode }),
          seconds: Math.round(ending.seconds * 1_000) / 1_000,
          phase: 'run',
        },
      })
      const { exitCode, timedOut, output } = ending
      return { exitCode: exitCode ?? null, ...(timedOut && { timedOut }), output }
    },
  })
}
