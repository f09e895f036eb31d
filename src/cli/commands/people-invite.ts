import { type Command, Option } from 'commander'
import { RoleName } from '#contract/api.ts'
import type { Role } from '#policy/role.ts'
import { type Cli, DONE, type Outcome, type Session } from '../session.ts'
import { oneLine } from '../terminal/safe-text.ts'
import { table } from '../terminal/table.ts'

interface InviteOptions {
  readonly role: Role
  readonly name?: string
}

interface ResetOptions {
  readonly secondFactor?: boolean
}

/** Commands of `people` that let somebody in by a link. */
export function invitationCommands(cli: Cli): readonly Command[] {
  return [
    cli
      .command(
        'invite <e-mail-or-member>',
        'Invite somebody to sign in with a browser; the link is shown this once',
      )
      .addOption(
        new Option('--role <role>', 'what they may do').choices(RoleName.options).default('developer'),
      )
      .option('--name <name>', 'what they are called, unless they say otherwise')
      .addHelpText(
        'after',
        '\nThere is no mail server: give them the link yourself, in private. For a member who has only a token, such as you\nafter the first start, it opens the browser to them.\n\nExample:\n  $ airlock people invite grace@example.org --role maintainer',
      )
      .action(cli.act<InviteOptions, [string]>(invite)),
    cli
      .command('reset <member>', 'Let a member choose a new password; the link is shown this once')
      .option('--second-factor', 'also take their authenticator app and passkeys away: they lost them')
      .addHelpText('after', '\nExample:\n  $ airlock people reset grace@example.org')
      .action(cli.act<ResetOptions, [string]>(reset)),
    cli.command('invitations', 'List open invitations').action(cli.act<unknown, []>(list)),
    cli.command('uninvite <id>', 'Take an invitation back').action(cli.act<unknown, [string]>(revoke)),
  ]
}

async function invite(session: Session<InviteOptions>, email: string): Promise<Outcome> {
  const client = await session.connect()
  if (!client.ok) return client
  const { role, name = email.split('@')[0] ?? email } = session.options
  const made = await client.value.invitePerson({ email, name, role })
  if (!made.ok) return made
  const { paint } = session.screen
  const { invitation, url } = made.value
  session.show(made.value, () =>
    [
      `${paint('green', '✓')} ${oneLine(invitation.email)} is invited as ${invitation.role}. Whoever opens this becomes them:`,
      '',
      `  ${paint('bold', oneLine(url))}`,
      '',
      `It works once, until ${invitation.expiresAt.slice(0, 10)}.`,
    ].join('\n'),
  )
  return DONE
}

async function reset(session: Session<ResetOptions>, member: string): Promise<Outcome> {
  const client = await session.connect()
  if (!client.ok) return client
  const { secondFactor = false } = session.options
  const made = await client.value.resetPassword(member, { secondFactor })
  if (!made.ok) return made
  const { paint } = session.screen
  const { person, url, expiresAt } = made.value
  session.show(made.value, () =>
    [
      `${paint('green', '✓')} Whoever opens this chooses the password of ${oneLine(person.name)}, ${oneLine(person.email)}:`,
      '',
      `  ${paint('bold', oneLine(url))}`,
      '',
      `It works once, until ${expiresAt.slice(11, 16)} UTC. Give it to them yourself, in private.`,
    ].join('\n'),
  )
  return DONE
}

async function list(session: Session<unknown>): Promise<Outcome> {
  const client = await session.connect()
  if (!client.ok) return client
  const page = await client.value.invitations()
  if (!page.ok) return page
  const { paint } = session.screen
  session.show(page.value, () =>
    page.value.items.length === 0
      ? 'No open invitations.'
      : table(
          ['e-mail', 'role', 'ends', 'id'].map((title) => ({ title })),
          page.value.items.map(({ email, role, expiresAt, id }) => [
            paint('bold', oneLine(email)),
            role,
            expiresAt.slice(0, 10),
            paint('dim', id),
          ]),
          paint,
        ),
  )
  return DONE
}

async function revoke(session: Session<unknown>, id: string): Promise<Outcome> {
  const client = await session.connect()
  if (!client.ok) return client
  const revoked = await client.value.revokeInvitation(id)
  if (!revoked.ok) return revoked
  session.show({ revoked: id }, () => `${oneLine(id)} is taken back.`)
  return DONE
}
