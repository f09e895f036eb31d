import type { IncomingMessage } from 'node:http'
import type { Context } from 'hono'
import { z } from 'zod'
import type { Browser } from '#identity/sign-in/browser.ts'

const Address = z.union([z.ipv4(), z.ipv6()])

/** What sign-in is told of a request. */
export function browserOf(context: Context, origin: string): Browser {
  return {
    cookie: context.req.header('cookie'),
    userAgent: context.req.header('user-agent'),
    address: addressOf(context, origin),
  }
}

/**
 * Where a request came from. This server listens on loopback and speaks no TLS, so with an https address somebody stands
 * in front of it: the last word of that one counts, which is the only part of the header that a client cannot write.
 */
export function addressOf(context: Context, origin: string): string {
  const node = context.env as { readonly incoming?: IncomingMessage } | undefined
  const direct = node?.incoming?.socket.remoteAddress ?? '127.0.0.1'
  if (!origin.startsWith('https://') || !/^(127\.|::1$|::ffff:127\.)/.test(direct)) return direct
  const last = context.req.header('x-forwarded-for')?.split(',').at(-1)?.trim() ?? ''
  // Some say the port as well, which is another one each time.
  const address = /^([0-9.]+):\d+$/.exec(last)?.[1] ?? /^\[([^\]]+)\](?::\d+)?$/.exec(last)?.[1] ?? last
  return Address.safeParse(address).success ? address : direct
}

/** A form as it was sent; a field that is missing, too long, or has no one form, is empty. */
export async function formOf(context: Context): Promise<(name: string, longest?: number) => string> {
  const type = context.req.header('content-type') ?? ''
  const form = new URLSearchParams(
    type.startsWith('application/x-www-form-urlencoded') ? await context.req.text() : '',
  )
  return (name, longest = 2_000) => {
    const value = form.get(name) ?? ''
    return value.length <= longest && value.isWellFormed() && !value.includes('\0') ? value : ''
  }
}

/** Where somebody goes on after signing in: one of our own pages, or none. */
export function safeNext(text: string): string | undefined {
  return /^\/auth\/(device|account|invitation\/org_[0-9a-z]{20}\.[A-Za-z0-9_-]{43})$/.test(text)
    ? text
    : undefined
}
