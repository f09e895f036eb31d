import { createHash } from 'node:crypto'
import { ok, type Result, refused } from '#kernel/result.ts'

/** A git commit as its own bytes tell it. */
export interface GitCommit {
  readonly id: string
  readonly tree: string
  readonly parents: readonly string[]
  readonly author: { readonly name: string; readonly email: string }
  readonly message: string
}

/**
 * Reads a raw commit object (`git cat-file commit <id>`) and proves by its hash that it is the commit called `id`, so that
 * nothing it says has to be believed.
 */
export function readCommit(id: string, object: Uint8Array): Result<GitCommit> {
  if (object.byteLength > MAX_COMMIT_BYTES) return notThatCommit('its object is above 1 MiB')
  if (objectId('commit', object, id.length) !== id) return notThatCommit(`its object does not hash to ${id}`)
  const text = Buffer.from(object).toString('utf8')
  const end = text.indexOf('\n\n')
  const headers = text.slice(0, end).split('\n')
  const [, tree] = /^tree ([0-9a-f]+)$/.exec(headers[0] ?? '') ?? []
  const parents = headers.flatMap((line) => /^parent ([0-9a-f]+)$/.exec(line)?.[1] ?? [])
  const authorLine = headers.find((line) => line.startsWith('author '))
  const [, name, email] = /^author (.*) <([^<>]*)> \d+ [+-]\d{4}$/.exec(authorLine ?? '') ?? []
  if (end < 0 || tree === undefined || name === undefined || email === undefined)
    return notThatCommit('its object is malformed')
  return ok({ id, tree, parents, author: { name, email }, message: text.slice(end + 2) })
}

/**
 * A person as a commit can name them: git drops control characters and angle brackets, and some punctuation at either end.
 * Both sides of a comparison go through here; who is left without a name or address is named as the publisher does it.
 */
export function gitIdentity(person: {
  readonly id?: string
  readonly name: string
  readonly email: string
}): string {
  const name = cleaned(person.name) || cleaned(person.id ?? '') || 'unknown'
  return `${name} <${cleaned(person.email) || 'unknown'}>`
}

const MAX_COMMIT_BYTES = 1024 * 1024

// The set at the ends is that of git's ident.c.
function cleaned(text: string): string {
  return text.replace(/[\p{Cc}<>]/gu, '').replace(/^[\s.,:;"'\\]+|[\s.,:;"'\\]+$/g, '')
}

/** Forty digits are SHA-1, sixty-four SHA-256; git itself has already refused colliding SHA-1 objects. */
function objectId(kind: string, object: Uint8Array, digits: number): string {
  return createHash(digits === 64 ? 'sha256' : 'sha1')
    .update(`${kind} ${object.byteLength}\0`)
    .update(object)
    .digest('hex')
}

function notThatCommit(why: string): Result<never> {
  return refused({
    code: 'verification_failed',
    message: `The commit is not what it claims to be: ${why}.`,
    rule: 'audit.commit',
  })
}
