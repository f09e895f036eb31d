import type { Failure } from '#kernel/failure.ts'
import { FAILURE_STATUS } from '../failure-to-status.ts'
import { layout, type Page } from './layout.ts'

/** A page as a response. */
export async function showPage(page: Page, status = 200, cookies: readonly string[] = []): Promise<Response> {
  const headers = new Headers({ 'content-type': 'text/html; charset=utf-8' })
  return new Response(String(await layout(page)), { status, headers: withCookies(headers, cookies) })
}

/** The same page again, with what was wrong on top. */
export function showAgain(page: Page, failure: Failure): Promise<Response> {
  const problem = [failure.message, failure.remedy].filter(Boolean).join(' ')
  return showPage({ ...page, problem }, FAILURE_STATUS[failure.code])
}

/** After a form, always by GET: reloading sends nothing again. */
export function goTo(path: string, cookies: readonly string[] = []): Response {
  return new Response(null, { status: 303, headers: withCookies(new Headers({ location: path }), cookies) })
}

export function json(value: unknown, cookies: readonly string[] = []): Response {
  const headers = new Headers({ 'content-type': 'application/json' })
  return new Response(JSON.stringify(value), { headers: withCookies(headers, cookies) })
}

function withCookies(headers: Headers, cookies: readonly string[]): Headers {
  for (const cookie of cookies) headers.append('set-cookie', cookie)
  return headers
}
