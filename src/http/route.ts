import { createRoute, type OpenAPIHono, type RouteConfig } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { z } from 'zod'
import { ok, type Result, refused } from '#kernel/result.ts'
import { ACTIONS, type ActionName } from '#policy/action.ts'
import type { Actor } from '#policy/actor.ts'
import { decideAtDoor, refusalOf } from '#policy/decide.ts'
import type { Application } from './application.ts'
import { edit } from './edit.ts'
import { entityTag, isNamed } from './entity-tag.ts'
import { checkPlainText } from './plain-text.ts'
import { problemResponse } from './problem.ts'
import { refusalsOf } from './refusals.ts'
import { requestWords } from './request-words.ts'
import { type RoutePlace, referenceOf } from './route-place.ts'

/** What the app carries along a request once the door has let it in. */
export interface HttpEnvironment {
  Variables: {
    actor: Actor
    /** Who asks, asked once more: an event stream outlives the moment it was let in. */
    authenticateAgain: () => Promise<Result<Actor>>
    /** Whether they would still be let in. */
    isStillAllowed: () => Promise<boolean>
  }
}

export type HttpApp = OpenAPIHono<HttpEnvironment>

/** What a route is given: everything parsed, the actor known and allowed. `context` is for streams and headers. */
export interface Asked<P, Q, B> {
  readonly application: Application
  readonly actor: Actor
  readonly params: P
  readonly query: Q
  readonly body: B
  readonly context: Context<HttpEnvironment>
}

interface Shape<P extends z.ZodObject, Q extends z.ZodObject, B extends z.ZodType> {
  readonly method: 'get' | 'post' | 'delete'
  readonly path: `/v1/${string}`
  /** Without an action of the catalogue a route does not compile, and nobody may call it. */
  readonly action: ActionName
  /** Where it happens; without one a route does not compile either. */
  readonly place: RoutePlace
  readonly summary: string
  readonly params?: P
  readonly query?: Q
  readonly body?: B
  /** What the route changes, as its own GET answers it: lets callers say with If-Match what they saw. */
  readonly current?: (asked: Asked<z.output<P>, z.output<Q>, z.output<B>>) => Promise<Result<unknown>>
}

export interface JsonRoute<
  P extends z.ZodObject,
  Q extends z.ZodObject,
  B extends z.ZodType,
  T extends z.ZodType,
> extends Shape<P, Q, B> {
  readonly status?: 200 | 201
  readonly reply: T
  readonly run: (asked: Asked<z.output<P>, z.output<Q>, z.output<B>>) => Promise<Result<z.output<T>>>
}

/** Answers in bytes of a media type instead of JSON, or (204) in nothing. */
export interface RawRoute<P extends z.ZodObject, Q extends z.ZodObject, B extends z.ZodType>
  extends Shape<P, Q, B> {
  readonly status?: 200 | 204
  readonly mediaTypes: readonly string[]
  readonly run: (asked: Asked<z.output<P>, z.output<Q>, z.output<B>>) => Promise<Result<Response>>
}

/** A route ready to be mounted. Its types are spent; what it needs and what it checks is inside. */
export interface Route {
  readonly method: string
  readonly path: string
  readonly action: ActionName
  readonly place: RoutePlace
  mount(app: HttpApp, application: Application): void
}

const Nothing = z.object({})
type Nothing = typeof Nothing

export function jsonRoute<
  T extends z.ZodType,
  P extends z.ZodObject = Nothing,
  Q extends z.ZodObject = Nothing,
  B extends z.ZodType = Nothing,
>(route: JsonRoute<P, Q, B, T>): Route {
  const status = route.status ?? 200
  const content = { 'application/json': { schema: route.reply } }
  return mountable(route, status, content, async (asked) => {
    const result = await changed(route, asked, () => route.run(asked))
    return result.ok ? tagged(asked.context, result.value, status) : problemResponse(result.failure)
  })
}

export function rawRoute<
  P extends z.ZodObject = Nothing,
  Q extends z.ZodObject = Nothing,
  B extends z.ZodType = Nothing,
>(route: RawRoute<P, Q, B>): Route {
  const content = Object.fromEntries(route.mediaTypes.map((type) => [type, { schema: z.string() }]))
  return mountable(route, route.status ?? 200, content, async (asked) => {
    const result = await changed(route, asked, () => route.run(asked))
    return result.ok ? result.value : problemResponse(result.failure)
  })
}

/** With its entity tag; whoever has exactly that already is told so. */
function tagged(context: Context, value: unknown, status: 200 | 201): Response {
  const own = context.res.headers.get('etag')
  const tag = own ?? entityTag(value)
  context.header('etag', tag)
  const known = context.req.header('if-none-match')
  if (context.req.method === 'GET' && known !== undefined && isNamed(known, tag))
    return context.body(null, 304)
  return context.json(value as object, status)
}

function changed<P extends z.ZodObject, Q extends z.ZodObject, B extends z.ZodType, T>(
  { current, path }: Shape<P, Q, B>,
  asked: Asked<z.output<P>, z.output<Q>, z.output<B>>,
  change: () => Promise<Result<T>>,
): Promise<Result<T>> {
  if (current === undefined) return change()
  const { application, actor, context, params } = asked
  return edit({
    application,
    what: JSON.stringify([actor.organisation, path.split('/')[2], params]),
    ifMatch: context.req.header('if-match'),
    current: () => current(asked),
    change,
  })
}

type Content = Record<string, { schema: z.ZodType }>

function mountable<P extends z.ZodObject, Q extends z.ZodObject, B extends z.ZodType>(
  shape: Shape<P, Q, B>,
  status: number,
  content: Content,
  answer: (asked: Asked<z.output<P>, z.output<Q>, z.output<B>>) => Promise<Response>,
): Route {
  return {
    method: shape.method,
    path: shape.path,
    action: shape.action,
    place: shape.place,
    mount(app, application) {
      app.openapi(configOf(shape, status, content, application), async (context) => {
        const valid = (part: 'param' | 'query' | 'json') => context.req.valid(part as never)
        const asked = { params: valid('param'), query: valid('query'), body: valid('json') }
        const problem = checkPlainText(asked)
        if (problem !== undefined) return problemResponse(problem)
        return answer({ application, actor: context.get('actor'), ...asked, context })
      })
    },
  }
}

function configOf(
  shape: Shape<z.ZodObject, z.ZodObject, z.ZodType>,
  status: number,
  content: Content,
  application: Application,
): RouteConfig {
  const { permission, risk } = ACTIONS[shape.action]
  return createRoute({
    method: shape.method,
    path: shape.path,
    operationId: shape.action,
    summary: shape.summary,
    description: `Needs the permission \`${permission}\`.`,
    tags: [shape.path.split('/')[2] ?? ''],
    security: [{ bearer: [] }, { session: [] }],
    'x-airlock-action': shape.action,
    'x-airlock-permission': permission,
    'x-airlock-risk': risk,
    middleware: [door(shape, application)],
    request: {
      ...(shape.params === undefined ? {} : { params: shape.params }),
      ...(shape.query === undefined ? {} : { query: shape.query }),
      ...(shape.body === undefined
        ? {}
        : { body: { required: true, content: { 'application/json': { schema: shape.body } } } }),
    },
    responses: {
      [status]: status === 204 ? { description: 'Done' } : { description: shape.summary, content },
      ...(shape.method === 'get' ? { 304: { description: 'If-None-Match names what is there' } } : {}),
      ...refusalsOf({ body: shape.body !== undefined, precondition: shape.method !== 'get' }),
    },
  })
}

type Door = Pick<Shape<z.ZodObject, z.ZodObject, z.ZodType>, 'action' | 'place'>

/** Before anything of the request is parsed: may this actor do such a thing, there? */
function door(asked: Door, application: Application) {
  return async (
    context: Context<HttpEnvironment>,
    next: () => Promise<void>,
  ): Promise<Response | undefined> => {
    const params = context.req.param()
    const actor = { ...context.get('actor'), asks: () => requestWords(context) }
    context.set('actor', actor)
    const begun = await mayEnter(asked, application, actor, params)
    if (!begun.ok) return problemResponse(begun.failure)
    context.set('isStillAllowed', async () => {
      const again = await context.get('authenticateAgain')()
      return again.ok && (await mayEnter(asked, application, again.value, params)).ok
    })
    await next()
    return undefined
  }
}

async function mayEnter(
  { action, place }: Door,
  application: Application,
  actor: Actor,
  params: Readonly<Record<string, string>>,
): Promise<Result<void>> {
  const anywhere = decideAtDoor(actor, action)
  if (anywhere.effect === 'deny') return refused(refusalOf(anywhere))
  if (place === 'within') return ok(undefined)
  if (place === 'seen') return application.mayList(actor, action)
  return application.mayBegin(actor, action, referenceOf(place, params))
}
