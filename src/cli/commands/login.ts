import type { Command } from 'commander'
import { tokenHash } from '#identity/token.ts'
import { refused } from '#kernel/result.ts'
import { tokenId } from '#store/token-id.ts'
import { createClient } from '../client.ts'
import { serverUrl } from '../connect.ts'
import { askToBeLetIn, waitToBeLetIn } from '../device-login.ts'
import { forgetLogin, hasLogin, loginFile, saveLogin } from '../login-file.ts'
import { placeText } from '../role-place.ts'
import { readToken } from '../server-record.ts'
import { type Cli, DONE, type Outcome, type Session } from '../session.ts'
import { oneLine } from '../terminal/safe-text.ts'

export function loginCommand(cli: Cli): Command {
  return cli
    .command('login', 'Sign this command line in, by a code you type into a page of the server')
    .addHelpText(
      'after',
      `
It stays signed in for 30 days, until \`airlock logout\`, or until you end it with \`airlock keys revoke\`.

Examples:
  $ airlock login
  $ airlock --server https://airlock.example login`,
    )
    .action(cli.act<unknown, []>(login))
}

export function logoutCommand(cli: Cli): Command {
  return cli
    .command('logout', 'Sign this command line out')
    .addHelpText('after', '\nExample:\n  $ airlock logout')
    .action(cli.act<unknown, []>(logout))
}

export function whoamiCommand(cli: Cli): Command {
  return cli
    .command('whoami', 'Say who you are to the server, and what you may do')
    .addHelpText('after', '\nExample:\n  $ airlock whoami')
    .action(cli.act<unknown, []>(whoami))
}

async function login(session: Session<unknown>): Promise<Outcome> {
  const { screen, dataDirectory, version } = session
  const url = await serverUrl(session, session.options)
  if (!url.ok) return url
  const asked = await askToBeLetIn(url.value, version)
  if (!asked.ok) return asked
  const { paint } = screen
  screen.remark(`Open ${paint('bold', oneLine(asked.value.url))}`)
  screen.remark(`and type ${paint('bold', oneLine(asked.value.userCode))}`)
  screen.status(paint('dim', 'waiting …'))
  const token = await waitToBeLetIn(url.value, asked.value)
  screen.status('')
  if (!token.ok) return token
  await saveLogin(dataDirectory, url.value, token.value)
  const me = await createClient({ url: url.value, token: token.value }).me()
  if (!me.ok) return me
  session.show(me.value, () => `${paint('green', '✓')} Signed in as ${oneLine(me.value.person.name)}.`)
  return DONE
}

async function logout(session: Session<unknown>): Promise<Outcome> {
  const { dataDirectory } = session
  const url = await serverUrl(session, { ...session.options, start: false })
  if (!url.ok) return url
  if (!(await hasLogin(dataDirectory, url.value)))
    return refused({
      code: 'not_found',
      message: `This command line is not signed in to ${url.value}.`,
      remedy: 'Sign in with `airlock login`.',
    })
  const token = await readToken(loginFile(dataDirectory, url.value))
  await forgetLogin(dataDirectory, url.value)
  if (!token.ok) return token
  const client = createClient({ url: url.value, token: token.value })
  const revoked = await client.revokeKey(tokenId(tokenHash(token.value)))
  // One that is not valid any more needs no end.
  if (!revoked.ok && revoked.failure.code !== 'unauthenticated') return revoked
  session.show({ signedOut: url.value }, () => 'Signed out.')
  return DONE
}

async function whoami(session: Session<unknown>): Promise<Outcome> {
  const client = await session.connect()
  if (!client.ok) return client
  const me = await client.value.me()
  if (!me.ok) return me
  const { person, role, roles, permissions } = me.value
  session.show(me.value, () =>
    [
      `${session.screen.paint('bold', oneLine(person.name))} <${oneLine(person.email)}>, ${role}`,
      ...roles.map(({ role, at }) => `  ${role} at ${oneLine(placeText(at.kind, at.id))}`),
      session.screen.paint('dim', permissions.join(' ')),
    ].join('\n'),
  )
  return DONE
}
