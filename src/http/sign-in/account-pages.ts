import type { Context, Hono } from 'hono'
import type { SignIn } from '#identity/sign-in/sign-in.ts'
import type { Visitor } from '#identity/sign-in/visitor.ts'
import type { Failure } from '#kernel/failure.ts'
import { accountPage } from './account-page.ts'
import { goTo, showAgain, showPage } from './answer.ts'
import { browserOf, formOf } from './request.ts'
import { backupCodesPage, confirmFactorPage, newFactorPage } from './second-factor-pages.ts'

type Field = (name: string) => string

/** What somebody sees and changes of their own sign-in. */
export function accountPages(app: Hono, signIn: SignIn): void {
  const { origin } = signIn
  const pageOf = async (visitor: Visitor) =>
    accountPage({
      visitor,
      hasPassword: await signIn.hasPassword(visitor.identity),
      sessions: await signIn.sessions(visitor),
      passkeys: await signIn.passkeys(visitor),
    })
  const again = async (visitor: Visitor, failure: Failure) => showAgain(await pageOf(visitor), failure)
  /** Hands the visitor and what they sent to the work, or sends whoever is none to sign in. */
  const visited =
    (work: (visitor: Visitor, field: Field, context: Context) => Promise<Response>) =>
    async (context: Context) => {
      const visitor = await signIn.visitor(browserOf(context, origin))
      if (visitor === undefined) return goTo('/auth/sign-in')
      return work(visitor, context.req.method === 'GET' ? () => '' : await formOf(context), context)
    }

  app.get(
    '/auth/account',
    visited(async (visitor, _, context) => {
      const news = NEWS[context.req.query('news') ?? '']
      return showPage({ ...(await pageOf(visitor)), news })
    }),
  )

  app.post(
    '/auth/account/second-factor',
    visited(async (visitor, field, context) => {
      const result = await signIn.beginSecondFactor(browserOf(context, origin), field('password'))
      return result.ok ? showPage(newFactorPage(result.value)) : again(visitor, result.failure)
    }),
  )

  app.post(
    '/auth/account/second-factor/confirm',
    visited(async (_, field, context) => {
      const result = await signIn.confirmSecondFactor(browserOf(context, origin), field('code'))
      return result.ok
        ? goTo('/auth/account?news=second-factor', result.value.cookies)
        : showAgain(confirmFactorPage(), result.failure)
    }),
  )

  app.post(
    '/auth/account/second-factor/remove',
    visited(async (visitor, field, context) => {
      const result = await signIn.removeSecondFactor(browserOf(context, origin), proofIn(field))
      return result.ok ? goTo('/auth/account', result.value.cookies) : again(visitor, result.failure)
    }),
  )

  app.post(
    '/auth/account/backup-codes',
    visited(async (visitor, field, context) => {
      const result = await signIn.renewBackupCodes(browserOf(context, origin), proofIn(field))
      return result.ok ? showPage(backupCodesPage(result.value)) : again(visitor, result.failure)
    }),
  )

  app.post(
    '/auth/account/password',
    visited(async (visitor, field, context) => {
      const given = { current: field('current'), wanted: field('password') }
      const result = await signIn.changePassword(browserOf(context, origin), given)
      return result.ok
        ? goTo('/auth/account?news=password', result.value.cookies)
        : again(visitor, result.failure)
    }),
  )

  app.post(
    '/auth/account/sessions',
    visited(async (visitor, field) => {
      await signIn.revokeSessions(visitor, field('session') || 'others')
      return goTo('/auth/account')
    }),
  )

  app.post(
    '/auth/account/passkeys/remove',
    visited(async (visitor, field) => {
      await signIn.removePasskey(visitor, field('passkey'))
      return goTo('/auth/account')
    }),
  )
}

function proofIn(field: Field) {
  return { password: field('password'), code: field('code') }
}

const NEWS: Readonly<Record<string, string>> = {
  'second-factor': 'Your authenticator app is on. It is asked for from now on.',
  password: 'Your password is changed, and every other session of yours has ended.',
}
