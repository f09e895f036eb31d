/** What a finding is about. The order gives each its bit in what a sanitiser clears. */
export const SCAN_CLASSES = [
  'sql-injection',
  'command-injection',
  'code-injection',
  'path-traversal',
  'xss',
  'template-injection',
  'open-redirect',
  'ssrf',
  'unsafe-deserialization',
  'xxe',
  'ldap-injection',
  'xpath-injection',
  'header-injection',
  'log-injection',
  'nosql-injection',
  'trust-boundary',
  'prototype-pollution',
  'redos',
  'zip-slip',
  'mass-assignment',
  'format-string',
  'weak-crypto',
  'weak-hash',
  'weak-random',
  'hardcoded-credentials',
  'tls-verification',
  'debug-enabled',
  'native-dialog',
  'insecure-cookie',
  'jwt-verification',
  'permissive-cors',
  'file-permissions',
  'insecure-temp-file',
  'csrf',
  'insecure-transport',
  'information-exposure',
  'dangerous-command',
  'loosened-test',
  'unreasoned-suppression',
  'could-not-scan',
  'imported',
] as const

export type ScanClass = (typeof SCAN_CLASSES)[number]

const BITS = new Map(SCAN_CLASSES.slice(0, 21).map((name, index) => [name, 1 << index] as const))

export const EVERYTHING = (1 << 21) - 1

export function bitOf(name: ScanClass): number {
  return BITS.get(name) ?? 0
}

/** The bits of a list of classes; `all` is every class that values flow into. */
export function maskOf(names: readonly string[]): number {
  return names.reduce((mask, name) => mask | (name === 'all' ? EVERYTHING : bitOf(name as ScanClass)), 0)
}

/** How a class is titled for a person, and the weakness it is when a rule does not say. */
export const CLASS_TITLE: Readonly<Record<ScanClass, readonly [title: string, cwe: number]>> = {
  'sql-injection': ['SQL injection', 89],
  'command-injection': ['Command injection', 78],
  'code-injection': ['Code injection', 94],
  'path-traversal': ['Path traversal', 22],
  xss: ['Cross-site scripting', 79],
  'template-injection': ['Template injection', 1336],
  'open-redirect': ['Open redirect', 601],
  ssrf: ['Server-side request forgery', 918],
  'unsafe-deserialization': ['Unsafe deserialisation', 502],
  xxe: ['XML external entities', 611],
  'ldap-injection': ['LDAP injection', 90],
  'xpath-injection': ['XPath injection', 643],
  'header-injection': ['Header injection', 113],
  'log-injection': ['Log injection', 117],
  'nosql-injection': ['NoSQL injection', 943],
  'trust-boundary': ['Trust boundary violation', 501],
  'prototype-pollution': ['Prototype pollution', 1321],
  redos: ['Regular expression denial of service', 1333],
  'zip-slip': ['Archive entry outside its directory', 22],
  'mass-assignment': ['Mass assignment', 915],
  'format-string': ['Uncontrolled format string', 134],
  'weak-crypto': ['Weak cryptography', 327],
  'weak-hash': ['Weak hash', 328],
  'weak-random': ['Predictable randomness', 330],
  'hardcoded-credentials': ['Hard-coded credentials', 798],
  'tls-verification': ['TLS checks off', 295],
  'debug-enabled': ['Debug mode on', 489],
  'native-dialog': ['Browser-native dialog', 1007],
  'insecure-cookie': ['Insecure cookie', 614],
  'jwt-verification': ['Token not verified', 347],
  'permissive-cors': ['Permissive cross-origin access', 942],
  'file-permissions': ['Open file permissions', 732],
  'insecure-temp-file': ['Predictable temporary file', 377],
  csrf: ['Cross-site request forgery', 352],
  'insecure-transport': ['Unencrypted transport', 319],
  'information-exposure': ['Information exposure', 200],
  'dangerous-command': ['Dangerous command', 506],
  'loosened-test': ['Loosened test', 1127],
  'unreasoned-suppression': ['Suppression without a reason', 1127],
  'could-not-scan': ['Could not be scanned', 1127],
  imported: ['Reported by another scanner', 1127],
}
