import type { Context, Hono } from 'hono'
import { z } from 'zod'
import { DeviceAnswer, DeviceAsked } from '#contract/sign-in.ts'
import type { SignIn } from '#identity/sign-in/sign-in.ts'
import { problemResponse } from '../problem.ts'
import { json } from './answer.ts'
import { addressOf, browserOf } from './request.ts'

const Credential = z.record(z.string().max(100), z.unknown())
const Challenge = z.strictObject({ purpose: z.enum(['sign-in', 'register']) })
const SignInBody = z.strictObject({ response: Credential })
const AddBody = z.strictObject({ response: Credential, name: z.string().max(80) })
const AskBody = z.strictObject({ name: z.string().max(200) })
const TokenBody = z.strictObject({ deviceCode: z.string().max(100) })

/** What the script of the pages and the command line say in JSON. */
export function programRoutes(app: Hono, signIn: SignIn): void {
  const { origin } = signIn

  app.post('/auth/passkey/challenge', (context) =>
    withBody(context, Challenge, async ({ purpose }) => {
      const result = await signIn.passkeyChallenge(browserOf(context, origin), purpose)
      return result.ok ? json(result.value.options, result.value.cookies) : problemResponse(result.failure)
    }),
  )
  app.post('/auth/passkey/sign-in', (context) =>
    withBody(context, SignInBody, async ({ response }) => {
      const result = await signIn.passkey(browserOf(context, origin), response)
      return result.ok ? json({}, result.value.cookies) : problemResponse(result.failure)
    }),
  )
  app.post('/auth/passkey/add', (context) =>
    withBody(context, AddBody, async (body) => {
      const result = await signIn.addPasskey(browserOf(context, origin), body)
      return result.ok ? json({}, result.value.cookies) : problemResponse(result.failure)
    }),
  )
  app.post('/auth/cli/begin', (context) =>
    withBody(context, AskBody, async ({ name }) => {
      const asked = await signIn.askForDevice({ name, address: addressOf(context, origin) })
      if (!asked.ok) return problemResponse(asked.failure)
      return json(DeviceAsked.parse({ ...asked.value, url: `${origin}/auth/device` }))
    }),
  )
  app.post('/auth/cli/token', (context) =>
    withBody(context, TokenBody, async ({ deviceCode }) =>
      json(DeviceAnswer.parse(await signIn.askedForDevice(deviceCode))),
    ),
  )
}

async function withBody<T extends z.ZodType>(
  context: Context,
  body: T,
  work: (body: z.output<T>) => Promise<Response>,
): Promise<Response> {
  const isJson = context.req.header('content-type')?.startsWith('application/json') === true
  const given = isJson ? body.safeParse(await context.req.json().catch(() => undefined)) : undefined
  if (given?.success === true) return work(given.data)
  return problemResponse({
    code: 'invalid_input',
    message: 'The request is not what this expects.',
    rule: 'request.json',
    remedy: 'Send JSON as the pages and the command line of this version do.',
  })
}
