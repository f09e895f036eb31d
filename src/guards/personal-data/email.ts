import type { PersonalExamples } from './finding.ts'
import { wordsBefore } from './words-before.ts'

export const EMAIL: PersonalExamples = {
  rule: 'personal.email',
  class: 'email',
  what: 'an e-mail address',
  holds: [
    'my email is donaldgarcia@example.net',
    'write to anna.schmidt@firma-schmidt.de',
    '<p.miller+news@mailbox.org>',
    'jürgen@müller-bau.de',
  ],
  lacks: ['git@github.com', 'someone@example.com', 'no-reply@shop.de', 'icon@2x.png', '@scope/package@1.2.3'],
}

const LONGEST_LOCAL = 64
const LONGEST_HOST = 253

export interface EmailSighting {
  readonly start: number
  readonly end: number
}

/** The e-mail addresses of people in a text, found from their `@`; those of roles and examples are left out. */
export function emailsIn(text: string): EmailSighting[] {
  const found: EmailSighting[] = []
  for (let at = text.indexOf('@'); at !== -1; at = text.indexOf('@', at + 1)) {
    let start = at
    while (start > 0 && at - start <= LONGEST_LOCAL && /[\p{L}\d._%+'-]/u.test(text.charAt(start - 1)))
      start -= 1
    while (start < at && /[._%+'-]/.test(text.charAt(start))) start += 1
    let end = at + 1
    while (end < text.length && end - at <= LONGEST_HOST && /[\p{L}\d.-]/u.test(text.charAt(end))) end += 1
    while (end > at && /[.-]/.test(text.charAt(end - 1))) end -= 1
    const [local, host] = [text.slice(start, at), text.slice(at + 1, end)]
    if (
      local === '' ||
      local.length > LONGEST_LOCAL ||
      /[.'%]$/.test(local) ||
      !isHost(host) ||
      text[end] === '@' ||
      text[end] === '_'
    )
      continue
    if (
      text[start - 1] === '/' ||
      text[start - 1] === '@' ||
      isNobody(local.toLowerCase(), host.toLowerCase(), wordsBefore(text, start))
    )
      continue
    found.push({ start, end })
  }
  return found
}

function isHost(host: string): boolean {
  const labels = host.split('.')
  const last = labels.at(-1) ?? ''
  return (
    labels.length >= 2 &&
    labels.length <= 7 &&
    labels.every((label) => label !== '' && label.length <= 63 && !label.startsWith('-')) &&
    last.length >= 2 &&
    last.length <= 24 &&
    /^\p{L}+$/u.test(last)
  )
}

const NOBODYS_HOST =
  /(?:^|\.)(?:example|test|invalid|localhost|local|localdomain|domain|yourdomain|yourcompany|acme|email|sentry)\.(?:com|org|net|io|co|de|edu)$|\.(?:example|test|invalid|localhost|local|png|jpe?g|gif|svg|webp|js|ts|css|json|md|py|so|html)$|noreply\.github\.com$/
const NOBODY =
  /^(?:git|no-?reply|do-?not-?reply|postmaster|mailer-daemon|username|user|you|your\.?(?:name|email)|someone|name|email|foo|bar|hg|svn|root|nobody)$/

/** Generators of test data put people at the hosts that are reserved for examples. */
const RESERVED = /^example\.(?:com|org|net)$/
const LIKE_A_NAME = /^(?:[a-z]{2,}[._][a-z]{2,}\d*|[a-z]{5,}\d{2,}|[a-z]{9,})$/
const SAID_OF_SOMEBODY =
  /\b(?:my|his|her|their) (?:work |personal |private )?e-?mail(?: address)?(?: is|:)? ?$|\b(?:reach|contact|e-?mail|write to|mail) (?:me|him|her|them|us|\p{Lu}\p{Ll}{1,15}(?: \p{Lu}\p{Ll}{1,15})?)(?: [^ ]{1,10}){0,3} ?$/u

/** Addresses of roles, of examples, and of version control are nobody's. */
function isNobody(local: string, host: string, before: string): boolean {
  if (NOBODY.test(local)) return true
  return (
    NOBODYS_HOST.test(host) &&
    !(RESERVED.test(host) && LIKE_A_NAME.test(local) && SAID_OF_SOMEBODY.test(before))
  )
}
