import type { Sighting } from './finding.ts'
import { isPlaceholder } from './placeholder.ts'

const KIND = /^ {0,8}kind: {0,4}["']?secret["']?[ \t\r]*$/i
const HEAD = /^[ \t]{0,8}(?:data|stringData):[ \t\r]*$/
const PAIR = /^[ \t]{1,12}["']?([\w.-]{1,120})["']?: {0,4}["']?([^\s"'{}|>#][^\s"'{}]{7,4000})["']?[ \t\r]*$/
const BASE64 = /^[A-Za-z0-9+/]{12,}={0,2}$/
/** What lies beside secrets in their manifests and is none. */
const PUBLIC =
  /user|login|name|host|port|url|uri|addr|endpoint|region|bucket|database|(?:^|[._-])(?:db|crt|cert|ca|pub|public|type|mode|email|id)$|\.crt$|\.pub$/i
const LONGEST = 20_000

/** Values of Kubernetes secrets: whatever its name, what stands under `data` of `kind: Secret` was meant to be kept. */
export function manifestSecrets(text: string): Sighting[] {
  const found: Sighting[] = []
  let done = 0
  for (let at = text.indexOf('kind:'); at !== -1; at = text.indexOf('kind:', at + 5)) {
    const line = text.slice(text.lastIndexOf('\n', at) + 1, at + 30).split('\n', 1)[0] ?? ''
    if (at < done || !KIND.test(line)) continue
    const separator = text.slice(Math.max(0, at - LONGEST), at).lastIndexOf('\n---')
    const start = separator === -1 ? Math.max(0, at - LONGEST) : Math.max(0, at - LONGEST) + separator + 1
    const next = text.slice(at, at + LONGEST).indexOf('\n---')
    done = next === -1 ? Math.min(text.length, at + LONGEST) : at + next
    found.push(...valuesOf(text.slice(start, done), start))
  }
  return found
}

function valuesOf(manifest: string, base: number): Sighting[] {
  const found: Sighting[] = []
  let encoded: boolean | undefined
  let start = 0
  for (const line of manifest.split('\n')) {
    if (HEAD.test(line)) encoded = line.trimStart().startsWith('data')
    else if (/^\S/.test(line)) encoded = undefined
    const pair = encoded === undefined ? null : PAIR.exec(line)
    const [, name = '', value = ''] = pair ?? []
    if (pair !== null && !PUBLIC.test(name) && isKept(value, encoded === true)) {
      const at = base + start + line.indexOf(value, line.indexOf(':'))
      found.push({
        rule: 'secret.manifest-value',
        class: 'generic-secret',
        reason: `It is a value of a Kubernetes secret, under ${name.slice(0, 60)}.`,
        start: at,
        end: at + value.length,
        confidence: 'medium',
      })
    }
    start += line.length + 1
  }
  return found
}

function isKept(value: string, encoded: boolean): boolean {
  if (!encoded) return !isPlaceholder(value) && /\d/.test(value) && /[a-z]/i.test(value)
  if (!BASE64.test(value)) return false
  const plain = Buffer.from(value, 'base64').toString('latin1')
  return plain.length >= 8 && !isPlaceholder(plain.trim()) && !/^-----BEGIN CERT/.test(plain)
}
