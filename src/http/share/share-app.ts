import { type Context, Hono } from 'hono'
import type { SharedTask } from '#contract/share.ts'
import { problemResponse } from '../problem.ts'
import { addressOf } from '../sign-in/request.ts'
import { createRation, type RationBounds } from './ration.ts'
import { noticePage, sharePage } from './share-page.ts'
import { SHARE_STYLE } from './style.ts'

/** What opens a link: the task it shows, or nothing. */
export type OpenShare = (link: string) => Promise<SharedTask | undefined>

export interface ShareDoor {
  readonly open: OpenShare
  /** Where people reach this server, to know whose word about their address counts. */
  readonly origin: () => string
  readonly bounds?: RationBounds
  readonly now?: () => number
}

const A_MINUTE = { each: 30, everybody: 300, withinMilliseconds: 60_000 } as const

/**
 * Everything under /share. It asks for no cookie and no token and sets none; it is given one function, which shows the
 * task of one link, and so reaches nothing else.
 */
export function shareApp({
  open,
  origin,
  bounds = A_MINUTE,
  now = () => performance.now(),
}: ShareDoor): Hono {
  const app = new Hono()
  app.onError((thrown) => {
    throw thrown // answered by the app that this is a part of, like every bug
  })
  const may = createRation(bounds, now)
  app.use('/share/*', async (context, next) => {
    await next()
    for (const [name, value] of Object.entries(HEADERS)) context.header(name, value)
  })
  app.get('/share/style.css', () => new Response(SHARE_STYLE, { headers: CSS }))
  app.get('/share/:link', async (context) => {
    if (!may(addressOf(context, origin()))) return tooOften(context, bounds)
    const task = await open(context.req.param('link'))
    if (task === undefined) return nothing(context)
    return wantsJson(context) ? context.json(task) : context.html(sharePage(task))
  })
  return app
}

const CSS = { 'content-type': 'text/css; charset=utf-8' }

/** No script, no form, in nobody's frame, in no cache and no index. */
const HEADERS = {
  'content-security-policy':
    "default-src 'none'; style-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'",
  'cache-control': 'no-store',
  'x-robots-tag': 'noindex, nofollow',
}

function wantsJson(context: Context): boolean {
  return (context.req.header('accept') ?? '').includes('application/json')
}

/** In the same words for what never was, is over, or was taken back. */
function nothing(context: Context) {
  if (wantsJson(context))
    return problemResponse({
      code: 'not_found',
      message: 'This link shows nothing.',
      remedy: 'It may be over or taken back: ask for a new one.',
    })
  return context.html(
    noticePage(
      'This link shows nothing',
      'It may be over, or was taken back. Ask whoever sent it for a new one.',
    ),
    404,
  )
}

function tooOften(context: Context, { withinMilliseconds }: RationBounds) {
  context.header('retry-after', String(Math.ceil(withinMilliseconds / 1000)))
  return context.html(noticePage('Too often', 'Wait a minute, then open the link again.'), 429)
}
