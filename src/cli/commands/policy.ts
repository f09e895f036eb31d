import type { Command } from 'commander'
import type { PolicyChange, PolicyPreview } from '#contract/policy.ts'
import { type Result, refused } from '#kernel/result.ts'
import type { Client } from '../client.ts'
import { readPolicyDraft } from '../policy-files.ts'
import { changeLines, policyTable, policyText } from '../render/policy-lines.ts'
import { type Cli, DONE, type Outcome, type Session } from '../session.ts'
import { oneLine } from '../terminal/safe-text.ts'
import { policyExplainCommand, policyReplayCommand, policyTestCommand } from './policy-trial.ts'

interface ChangeOptions {
  readonly yes?: boolean
}

export function policyCommand(cli: Cli): Command {
  const policy = cli.command('policy', 'Forbid, or have confirmed, by time, path, size, branch, risk, …')
  policy.addCommand(cli.command('list', 'List the policies').action(cli.act<unknown, []>(list)))
  policy.addCommand(
    cli.command('show <name>', 'Show a policy with its examples').action(cli.act<unknown, [string]>(show)),
  )
  policy.addCommand(
    cli
      .command('set <file>', 'Set or replace a policy, after showing what that changes')
      .option('-y, --yes', 'do not ask')
      .addHelpText(
        'after',
        `
Beside NAME.cedar stands NAME.examples.yaml: what it allows, asks to confirm and refuses. A policy whose examples are
not true, or that has none, is refused.

Example:
  $ airlock policy set policies/night.cedar`,
      )
      .action(cli.act<ChangeOptions, [string]>(set)),
  )
  policy.addCommand(
    cli
      .command('remove <name>', 'Remove a policy, after showing what that changes')
      .option('-y, --yes', 'do not ask')
      .action(cli.act<ChangeOptions, [string]>(remove)),
  )
  policy.addCommand(policyTestCommand(cli))
  policy.addCommand(policyExplainCommand(cli))
  policy.addCommand(policyReplayCommand(cli))
  return policy
}

async function list(session: Session<unknown>): Promise<Outcome> {
  const client = await session.connect()
  if (!client.ok) return client
  const found = await client.value.policies()
  if (!found.ok) return found
  session.show(found.value, () => policyTable(found.value, session.screen.paint))
  return DONE
}

async function show(session: Session<unknown>, name: string): Promise<Outcome> {
  const client = await session.connect()
  if (!client.ok) return client
  const found = await client.value.policy(name)
  if (!found.ok) return found
  session.show(found.value, () => policyText(found.value, session.screen.paint))
  return DONE
}

async function set(session: Session<ChangeOptions>, file: string): Promise<Outcome> {
  const draft = await readPolicyDraft(session.workingDirectory, file)
  if (!draft.ok) return draft
  return changed(session, draft.value, 'is set', (client, after) =>
    client.setPolicy({ ...draft.value, after }),
  )
}

function remove(session: Session<ChangeOptions>, name: string): Promise<Outcome> {
  return changed(session, { name }, 'is removed', (client, after) => client.removePolicy(name, after))
}

/** Shows what a change does, asks, and makes it in knowledge of exactly that. */
async function changed(
  session: Session<ChangeOptions>,
  change: PolicyChange,
  done: string,
  make: (client: Client, after: number) => Promise<Result<PolicyPreview>>,
): Promise<Outcome> {
  const { options, screen, prompts } = session
  const client = await session.connect()
  if (!client.ok) return client
  const preview = await client.value.previewPolicy(change)
  if (!preview.ok) return preview
  if (!options.json) screen.remark(`${changeLines(preview.value.changes, screen.paint)}\n`)
  const ask = screen.interactive && !options.yes && !options.json
  if (ask && !(await prompts.confirm('Change the policies so?', false))) return refused(NOT_CONFIRMED)
  const made = await make(client.value, preview.value.sequence)
  if (!made.ok) return made
  session.show(made.value, () => `${screen.paint('green', '✓')} ${oneLine(change.name)} ${done}.`)
  return DONE
}

const NOT_CONFIRMED = {
  code: 'cancelled' as const,
  message: 'No policy was changed.',
  remedy: 'Answer yes, or try it with `airlock policy replay --with FILE` first.',
}
