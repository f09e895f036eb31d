import type { Command } from 'commander'
import type { EgressMethod, EgressTarget, EgressView, WideningRequest } from '#contract/egress.ts'
import type { Result } from '#kernel/result.ts'
import { methodsOf, targetOf } from '../egress-target.ts'
import { collect } from '../option-values.ts'
import { egressLines } from '../render/egress-lines.ts'
import { type Cli, DONE, type Outcome, type Session } from '../session.ts'
import { oneLine } from '../terminal/safe-text.ts'

/** How a person allows a host, for a task or for a project. */
export interface WidenOptions {
  readonly reason: string
  readonly method?: readonly EgressMethod[]
  readonly path?: string[]
  readonly revoke?: boolean
}

export function widenCommand(cli: Cli): Command {
  return withBounds(
    cli.command('widen <task>', 'See what setup asks to reach, or let this task reach a host'),
  )
    .argument('[host]', 'such as mirror.example.org or mirror.example.org:80', targetOf)
    .option('--revoke', 'take it back')
    .addHelpText(
      'after',
      `
Only the setup of this one task may reach it, from its next attempt on; no agent ever does.

Examples:
  $ airlock widen 3
  $ airlock widen 3 mirror.example.org --reason "our own registry" && airlock retry 3
  $ airlock widen 3 mirror.example.org:80 --path '/debian/**'
  $ airlock widen 3 mirror.example.org --revoke`,
    )
    .action(cli.act<WidenOptions, [string, EgressTarget | undefined]>(widen))
}

/** The options that bound what is allowed. */
export function withBounds(command: Command): Command {
  return command
    .option('--reason <text>', 'why; it stands in the audit log', '')
    .option('--method <method>', 'of plain HTTP; may be given again (GET and HEAD)', methodsOf)
    .option('--path <glob>', 'of plain HTTP; may be given again (every path)', collect)
}

/** A target with what bounds it, as the server takes it. */
export function wideningOf(target: EgressTarget, { reason, method, path }: WidenOptions): WideningRequest {
  return {
    ...target,
    reason,
    ...(method === undefined ? {} : { methods: [...method] }),
    ...(path === undefined ? {} : { paths: path }),
  }
}

async function widen(session: Session<WidenOptions>, ref: string, target?: EgressTarget): Promise<Outcome> {
  const client = await session.connect()
  if (!client.ok) return client
  const { taskEgress, widenTask, narrowTask } = client.value
  const { options } = session
  const view =
    target === undefined
      ? await taskEgress(ref)
      : options.revoke
        ? await narrowTask(ref, target)
        : await widenTask(ref, wideningOf(target, options))
  const then =
    target === undefined ? '' : `\n\n  ${session.screen.paint('cyan', `airlock retry ${oneLine(ref)}`)}`
  return showEgress(session, view, `airlock widen ${oneLine(ref)}`, then)
}

export function showEgress(
  session: Session<unknown>,
  view: Result<EgressView>,
  command: string,
  then = '',
): Outcome {
  if (!view.ok) return view
  session.show(view.value, () => {
    const lines = egressLines(view.value, command, session.screen.paint)
    return lines.length === 0 ? 'Nothing is asked for, and nothing allowed.' : `${lines.join('\n')}${then}`
  })
  return DONE
}
