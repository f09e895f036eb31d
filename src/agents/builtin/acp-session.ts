import {
  type AgentContext,
  methods,
  type SessionUpdate,
  type StopReason,
  type ToolCallUpdate,
} from '@agentclientprotocol/sdk'
import { Budget } from '#contract/budget.ts'
import type { Scope } from '#contract/scope.ts'
import type { Grant } from '#policy/grant.ts'
import type { AgentReport } from '../agent.ts'
import type { Host } from '../workbench.ts'
import type { Brief } from './brief.ts'
import { carryOut } from './carry-out.ts'
import { EXIT } from './exit-code.ts'

/** How the built-in agent is set up when it is somebody else's ACP agent. */
export interface AcpSetup extends Pick<Brief, 'model' | 'socket' | 'baseUrl'> {
  readonly scope: Scope
}

/** How much of what was said before is given along with the next prompt. */
const LONGEST_HISTORY = 20_000

/** One ACP session over one directory: each prompt is carried out anew, with what was said before given along. */
export class AcpSession {
  readonly #id: string
  readonly #setup: AcpSetup
  readonly #workspace: string
  #history = ''
  #calls = 0
  #running: AbortController | undefined

  constructor(id: string, setup: AcpSetup, workspace: string) {
    this.#id = id
    this.#setup = setup
    this.#workspace = workspace
  }

  cancel(): void {
    this.#running?.abort()
  }

  /** Works until the model is done; throws what the agent had to say when it could not go on. */
  async prompt(text: string, client: AgentContext): Promise<StopReason> {
    this.#running?.abort()
    const running = new AbortController()
    this.#running = running
    let last = ''
    const code = await carryOut(this.#brief(text), {
      signal: running.signal,
      alive: () => undefined,
      permit: (kind, what) => this.#permit(client, kind, what),
      report: (report) => {
        if (report.kind === 'event' && report.body.kind === 'message') last = report.body.text
        const update = this.#update(report)
        if (update !== undefined) void this.#tell(client, update)
      },
    })
    this.#history = `${this.#history}\n\nPerson: ${text}\n\nYou: ${last}`.slice(-LONGEST_HISTORY)
    if (code === EXIT.finished) return 'end_turn'
    if (code === EXIT.stopped) return 'cancelled'
    if (code === EXIT.budget) return 'max_turn_requests'
    throw new Error(last)
  }

  #brief(text: string): Brief {
    const { model, socket, baseUrl, scope } = this.#setup
    const before = this.#history === '' ? '' : `\n\nWhat was said before in this session:${this.#history}`
    return {
      version: 1,
      workspace: this.#workspace,
      socket,
      ...(baseUrl === undefined ? {} : { baseUrl }),
      model,
      assignment: { intent: `${text}${before}`, grant: grantOver(scope) },
    }
  }

  async #permit(
    client: AgentContext,
    kind: 'execute' | 'edit',
    what: string,
  ): ReturnType<NonNullable<Host['permit']>> {
    const asked: Pick<ToolCallUpdate, 'rawInput' | 'locations'> =
      kind === 'execute'
        ? { rawInput: { command: what } }
        : { locations: [{ path: `${this.#workspace}/${what}` }] }
    const { outcome } = await client.request(methods.client.session.requestPermission, {
      sessionId: this.#id,
      toolCall: { toolCallId: `ask-${++this.#calls}`, kind, title: what, status: 'pending', ...asked },
      options: [
        { optionId: 'allow', name: 'Allow', kind: 'allow_once' },
        { optionId: 'reject', name: 'Reject', kind: 'reject_once' },
      ],
    })
    if (outcome.outcome === 'selected' && outcome.optionId === 'allow') return undefined
    return { rule: 'permission.refused', reason: 'Who runs this agent did not allow it.' }
  }

  #tell(client: AgentContext, update: SessionUpdate): Promise<void> {
    return client
      .notify(methods.client.session.update, { sessionId: this.#id, update })
      .catch(() => undefined)
  }

  #update(report: AgentReport): SessionUpdate | undefined {
    if (report.kind === 'finished') return undefined // its words were said already
    const call = { sessionUpdate: 'tool_call' as const, toolCallId: `call-${++this.#calls}` }
    if (report.kind === 'refusal') {
      const { what, reason } = report.refusal
      const content = [{ type: 'content' as const, content: { type: 'text' as const, text: reason } }]
      return { ...call, kind: 'other', status: 'failed', title: what, content }
    }
    const { body } = report
    switch (body.kind) {
      case 'message':
        return {
          sessionUpdate: 'agent_message_chunk',
          content: { type: 'text', text: `${body.text}\n\n` },
        }
      case 'command':
        return {
          ...{ ...call, kind: 'execute', status: 'completed', title: body.command },
          rawInput: { command: body.command },
          rawOutput: { exit: body.exitCode ?? null },
        }
      case 'file': {
        const kind = body.action === 'read' ? 'read' : body.action === 'deleted' ? 'delete' : 'edit'
        const locations = [{ path: `${this.#workspace}/${body.path}` }]
        return { ...call, kind, status: 'completed', title: `${body.action} ${body.path}`, locations }
      }
      default:
        return undefined
    }
  }
}

/** Nobody granted anything here: the scope is what the agent was started with, and there is no task. */
function grantOver(scope: Scope): Grant {
  return {
    version: 1,
    task: 'acp',
    attempt: 1,
    onBehalfOf: { id: 'acp', name: 'acp', email: 'acp@localhost' },
    agent: 'builtin',
    model: 'acp',
    scope,
    protectedPaths: [],
    budget: Budget.parse({}),
    egress: { prepare: [], run: [] },
  }
}
