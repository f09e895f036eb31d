import { OpenAPIHono } from '@hono/zod-openapi'
import type { Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { HTTPException } from 'hono/http-exception'
import { secureHeaders } from 'hono/secure-headers'
import type { z } from 'zod'
import { BOUNDS } from '#contract/bounds.ts'
import type { Authenticate } from '#identity/authenticate.ts'
import { CHALLENGE_HEADER, isChallenge, serverProof } from '#identity/server-proof.ts'
import type { Failure } from '#kernel/failure.ts'
import type { Application } from './application.ts'
import { authenticated } from './authenticated.ts'
import type { BrowserDoor } from './browser-door.ts'
import { hostCheck } from './host-check.ts'
import { problemResponse, thrownFailure } from './problem.ts'
import type { HttpApp, HttpEnvironment } from './route.ts'
import { allRoutes } from './routes/all-routes.ts'

export interface HttpOptions {
  readonly authenticate: Authenticate
  readonly version: string
  /** What `server.json` holds: proves to the CLI of this machine that this is the server it looks for. */
  readonly secret?: string
  /** Names this server answers to, besides those of loopback. */
  readonly hosts?: readonly string[]
  /** How people come in: without it there are no pages, no cookies, and nobody can prove a second factor. */
  readonly signIn?: BrowserDoor
  /** The pages by which a task is shown to whoever holds a link to it. */
  readonly share?: Hono
  /** How often a quiet event stream says that it still lives. */
  readonly heartbeatMilliseconds?: number
  /** Told of every bug that a request ran into. */
  readonly onBug?: (thrown: unknown) => void
}

/** The only paths that answer without a token; neither tells anything about anybody. */
export const OPEN_PATHS = ['/health', '/openapi.json'] as const

/** The control plane as `Request → Response`. */
export function createHttp(application: Application, options: HttpOptions): HttpApp {
  const app: HttpApp = new OpenAPIHono<HttpEnvironment>({ defaultHook: refuseInvalid })
  app.use(hostCheck(options.hosts))
  // Registered first, so that it has the last word: the address of a shared task opens it.
  app.use('/share/*', async (context, next) => {
    await next()
    context.header('referrer-policy', 'no-referrer')
  })
  // With no referrer at all, a browser would send `Origin: null` with our own forms.
  app.use(secureHeaders({ crossOriginResourcePolicy: 'same-origin', referrerPolicy: 'same-origin' }))
  app.use(bodyLimit({ maxSize: BOUNDS.requestBody, onError: () => tooLarge() }))
  app.get('/health', (context) => context.json(health(options, context.req.header(CHALLENGE_HEADER))))
  const { signIn, share } = options
  if (signIn !== undefined)
    app.all('/auth/*', async (context) => (await signIn.pages()).fetch(context.req.raw, context.env))
  if (share !== undefined) app.all('/share/*', (context) => share.fetch(context.req.raw, context.env))
  app.use('/v1/*', authenticated(options.authenticate, signIn))
  for (const route of allRoutes(options.heartbeatMilliseconds ?? 15_000)) route.mount(app, application)
  describeApi(app, options.version)
  app.notFound((context) => problemResponse(noSuchRoute(context.req.method, context.req.path)))
  app.onError((thrown) => {
    if (thrown instanceof HTTPException)
      return problemResponse({ code: 'invalid_input', message: `${thrown.message}.` }, thrown.status)
    options.onBug?.(thrown)
    return problemResponse(thrownFailure(thrown))
  })
  return app
}

function health({ version, secret }: HttpOptions, challenge: string | undefined) {
  const proof =
    secret !== undefined && isChallenge(challenge) ? { proof: serverProof(secret, challenge) } : {}
  return { status: 'ok', version, ...proof }
}

/** The first thing that is wrong with a request, in words, and all of them for programs. */
function refuseInvalid(result: { success: boolean; error?: z.core.$ZodError; target: string }) {
  if (result.success || result.error === undefined) return undefined
  const problems = result.error.issues.map((issue) => ({
    path: issue.path.map(String).join('.'),
    message: issue.message,
  }))
  const first = problems[0] ?? { path: '', message: 'not valid' }
  const scope = /^scope(\.|$)/.test(first.path)
  return problemResponse({
    code: scope ? 'invalid_scope' : 'invalid_input',
    message:
      first.path === '' ? `${sentence(first.message)}` : `\`${first.path}\`: ${sentence(first.message)}`,
    rule: `request.${result.target}`,
    remedy: scope
      ? 'Give globs relative to the root of the repository, such as src/billing/**.'
      : 'Send what /openapi.json describes.',
    details: { problems: problems.slice(0, 20) },
  })
}

function sentence(text: string): string {
  return text.endsWith('.') ? text : `${text}.`
}

function tooLarge(): Response {
  return problemResponse(
    {
      code: 'invalid_input',
      message: 'The request is too large.',
      rule: 'request.size',
      remedy: `Send at most ${BOUNDS.requestBody} bytes.`,
    },
    413,
  )
}

function noSuchRoute(method: string, path: string): Failure {
  return {
    code: 'not_found',
    message: `There is no ${method} ${path.slice(0, 200)} here.`,
    remedy: 'See /openapi.json for what there is.',
  }
}

function describeApi(app: HttpApp, version: string): void {
  app.openAPIRegistry.registerComponent('securitySchemes', 'bearer', { type: 'http', scheme: 'bearer' })
  app.openAPIRegistry.registerComponent('securitySchemes', 'session', {
    type: 'apiKey',
    in: 'cookie',
    name: 'airlock.session_token',
    description: 'From pages of this server only; what changes something bears `airlock-browser: 1`.',
  })
  app.doc31('/openapi.json', {
    openapi: '3.1.0',
    info: {
      title: 'Airlock',
      version,
      description: 'Put AI coding agents to work on real repositories without having to trust them.',
    },
  })
}
