import {
  CommandAnswer,
  CommandQuestion,
  ScanAnswer,
  ScanQuestion,
  TextAnswer,
  TextQuestion,
} from '#contract/guards.ts'
import { commandAnswer } from '#guards/command/answer.ts'
import { judgeCommand } from '#guards/command/judge.ts'
import { judgeText } from '#guards/text.ts'
import { ok } from '#kernel/result.ts'
import { jsonRoute, type Route } from '../route.ts'

/** The guards as functions for other programs: they ask nothing of the organisation and keep nothing. */
export const guardRoutes: readonly Route[] = [
  jsonRoute({
    method: 'post',
    path: '/v1/guards/command',
    action: 'guard.command',
    place: 'organisation',
    summary: 'Judge a shell command before it runs: allow, ask or deny',
    body: CommandQuestion,
    reply: CommandAnswer,
    run: async ({ application, body: { command, ...context } }) => {
      const may = application.mayJudge()
      return may.ok ? ok(commandAnswer(command, judgeCommand(command, context))) : may
    },
  }),
  jsonRoute({
    method: 'post',
    path: '/v1/guards/text',
    action: 'guard.text',
    place: 'organisation',
    summary: 'Look in a text for injected orders, secrets and personal data',
    body: TextQuestion,
    reply: TextAnswer,
    run: async ({ application, body: { text, ...context } }) => {
      const may = application.mayJudge()
      return may.ok ? ok(judgeText(text, context)) : may
    },
  }),
  jsonRoute({
    method: 'post',
    path: '/v1/guards/scan',
    action: 'guard.scan',
    place: 'organisation',
    summary: 'Look in a file for what somebody could use against the program, and for secrets',
    body: ScanQuestion,
    reply: ScanAnswer,
    run: ({ application, actor, body }) => application.scanText(actor, body),
  }),
]
