import type { Failure } from '#kernel/failure.ts'
import { ok, type Result, refused } from '#kernel/result.ts'

/** How a remote is reached. Nothing else is: no `ext::`, no `file://`, no `git://`. */
export type RemoteAddress =
  | { readonly kind: 'local'; readonly path: string }
  | { readonly kind: 'http' | 'https'; readonly url: string; readonly origin: string }
  | { readonly kind: 'ssh'; readonly url: string }

/** Reads a remote's address strictly; anything git could take for an option or a helper is refused. */
export function remoteAddress(url: string): Result<RemoteAddress> {
  if (url.length === 0 || url.length > 2_000 || /[\p{C}\s]/u.test(url.startsWith('/') ? '' : url))
    return refused(badAddress('it is empty, too long or has white space in it'))
  if (url.startsWith('/'))
    return url.includes('\0') || url.includes('\n')
      ? refused(badAddress('a path with a line break'))
      : ok({ kind: 'local', path: url })
  if (/^https?:\/\//.test(url)) return httpAddress(url)
  if (url.startsWith('ssh://')) return sshAddress(url)
  if (/^[A-Za-z0-9_.]+@[A-Za-z0-9][A-Za-z0-9.-]*:(?!:)[^-].*$/.test(url)) return ok({ kind: 'ssh', url })
  return refused(badAddress('it is neither an absolute path nor an http, https or ssh address'))
}

function httpAddress(text: string): Result<RemoteAddress> {
  const url = URL.parse(text)
  if (url === null || url.hostname === '') return refused(badAddress('it is not a URL'))
  // git reads another host than is read here out of http://127.0.0.1\@host/
  if (text.includes('\\')) return refused(badAddress('it has a backslash in it'))
  if (url.username !== '' || url.password !== '')
    return refused(badAddress('it carries a user name or password; give the credential beside the URL'))
  if (url.search !== '' || url.hash !== '') return refused(badAddress('it has a query or a fragment'))
  return ok({ kind: url.protocol === 'https:' ? 'https' : 'http', url: text, origin: url.origin })
}

function sshAddress(text: string): Result<RemoteAddress> {
  const url = URL.parse(text)
  const plain = url !== null && /^[A-Za-z0-9][A-Za-z0-9.-]*$|^\[[0-9a-f:]+\]$/.test(url.hostname)
  if (!plain || url.password !== '' || !/^[A-Za-z0-9_.]*$/.test(url.username) || url.pathname.length < 2)
    return refused(badAddress('it is not a plain ssh URL'))
  return ok({ kind: 'ssh', url: text })
}

function badAddress(why: string): Failure {
  return {
    code: 'invalid_input',
    message: `The remote's address cannot be used: ${why}.`,
    rule: 'remote.address',
    remedy:
      'Give an absolute path, an http(s):// URL without credentials, or an ssh:// (or user@host:path) address.',
  }
}
