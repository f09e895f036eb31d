import { type Command, Option } from 'commander'
import { RoleName } from '#contract/api.ts'
import type { PlaceOfRole, RoleBinding, RoleGrant } from '#contract/places.ts'
import { ok, type Result, refused } from '#kernel/result.ts'
import { placeText, ROLE_PLACES, rolePlace, textOfPlace } from '../role-place.ts'
import { type Cli, DONE, type Outcome, type Session } from '../session.ts'
import { oneLine } from '../terminal/safe-text.ts'
import type { Paint } from '../terminal/screen.ts'
import { table } from '../terminal/table.ts'

interface RoleOptions {
  readonly team?: string
  readonly serviceAccount?: string
  readonly at: PlaceOfRole
}

interface ListOptions {
  readonly after?: string
}

export function roleCommand(cli: Cli): Command {
  const role = cli.command('role', 'Who is what, and where')
  role.addCommand(
    cli
      .command('list', 'What was given at places you may know it of')
      .option('--after <id>', 'the page after that one')
      .action(cli.act<ListOptions, []>(list)),
  )
  role.addCommand(
    whom(
      cli.command('grant [words...]', 'Make somebody something at a place, in place of what they were there'),
    )
      .usage('(<person> | --team <team> | --service-account <account>) <role> --at <place>')
      .addHelpText(
        'after',
        `
Roles, each with all that the ones before it hold: ${RoleName.options.join(', ')}. docs/roles.md says what that is.
Only owners of a place give roles there, and to nobody more than they are themselves. A role counts at once, and stays
as it is for an hour unless it is lowered.

Examples:
  $ airlock role grant grace@example.org maintainer --at project:shop
  $ airlock role grant --team payments developer --at team:payments
  $ airlock role grant ada@example.org admin --at environment:shop/production`,
      )
      .action(cli.act<RoleOptions, [string[]]>(grant)),
  )
  role.addCommand(
    whom(cli.command('revoke [person]', 'Take away what somebody is at a place'))
      .usage('(<person> | --team <team> | --service-account <account>) --at <place>')
      .addHelpText(
        'after',
        '\nIn the whole organisation they stay a member, who sees what is given to them at narrower places.\n\nExample:\n  $ airlock role revoke grace@example.org --at project:shop',
      )
      .action(cli.act<RoleOptions, [string | undefined]>(revoke)),
  )
  return role
}

function whom(command: Command): Command {
  return command
    .option('--team <team>', 'everybody in a team')
    .option('--service-account <account>', 'a program')
    .addOption(new Option('--at <place>', ROLE_PLACES).argParser(rolePlace).makeOptionMandatory())
}

async function list(session: Session<ListOptions>): Promise<Outcome> {
  const client = await session.connect()
  if (!client.ok) return client
  const { after } = session.options
  const page = await client.value.roles({ limit: 200, cursor: after })
  if (!page.ok) return page
  session.show(page.value, () => roleTable(page.value.items, page.value.next, session.screen.paint))
  return DONE
}

async function grant(session: Session<RoleOptions>, words: readonly string[]): Promise<Outcome> {
  const named = session.options.team === undefined && session.options.serviceAccount === undefined
  const [person, word, ...more] = named ? words : [undefined, ...words]
  const role = RoleName.safeParse(word)
  const subject = subjectOf(session, person)
  if (!subject.ok) return subject
  if (!role.success || more.length > 0) return refused(noRole(word))
  const client = await session.connect()
  if (!client.ok) return client
  const { at } = session.options
  const given = await client.value.grantRole({ subject: subject.value, role: role.data, at })
  if (!given.ok) return given
  const { before, after, subject: who } = given.value
  session.show(given.value, () => {
    const where = oneLine(textOfPlace(at))
    const was = before === undefined || before === after ? '' : ` (was ${before})`
    return `${session.screen.paint('green', '✓')} ${oneLine(who.name)} is ${after ?? 'nothing'} at ${where}${was}.`
  })
  return DONE
}

async function revoke(session: Session<RoleOptions>, person: string | undefined): Promise<Outcome> {
  const subject = subjectOf(session, person)
  if (!subject.ok) return subject
  const client = await session.connect()
  if (!client.ok) return client
  const { at } = session.options
  const taken = await client.value.revokeRole({ subject: subject.value, at })
  if (!taken.ok) return taken
  const { before, subject: who } = taken.value
  session.show(
    taken.value,
    () => `${oneLine(who.name)} is not ${before ?? 'anything'} at ${oneLine(textOfPlace(at))} any more.`,
  )
  return DONE
}

function subjectOf(
  { options: { team, serviceAccount } }: Session<RoleOptions>,
  person: string | undefined,
): Result<RoleGrant['subject']> {
  const named = [
    ...(person === undefined ? [] : [{ kind: 'person', reference: person } as const]),
    ...(team === undefined ? [] : [{ kind: 'team', reference: team } as const]),
    ...(serviceAccount === undefined
      ? []
      : [{ kind: 'service-account', reference: serviceAccount } as const]),
  ]
  const [one, ...others] = named
  if (one !== undefined && others.length === 0) return ok(one)
  return refused({
    code: 'invalid_input',
    message: 'A role is given to one person, team or service account.',
    remedy: 'Name a person, or give --team or --service-account.',
  })
}

function noRole(word: string | undefined) {
  return {
    code: 'invalid_input' as const,
    message: word === undefined ? 'There is no role here.' : `There is no role ${oneLine(word)}.`,
    remedy: `Give one of ${RoleName.options.join(', ')}: airlock role grant PERSON ROLE --at PLACE.`,
  }
}

function roleTable(roles: readonly RoleBinding[], next: string | undefined, paint: Paint): string {
  const everywhere = 'What people are in the whole organisation: airlock people list.'
  if (roles.length === 0) return `No roles were given at places.\n${everywhere}`
  const rows = roles.map(({ subject, role, at, givenBy, givenAt }) => [
    paint('bold', oneLine(subject.name)),
    subject.kind.replace('-', ' '),
    role,
    oneLine(placeText(at.kind, at.name)),
    oneLine(givenBy),
    paint('dim', givenAt.slice(0, 10)),
  ])
  const titles = ['who', 'kind', 'role', 'at', 'given by', 'on'].map((title) => ({ title }))
  const more = next === undefined ? [] : [`More: airlock role list --after ${next}`]
  return [table(titles, rows, paint), '', ...more, everywhere].join('\n')
}
