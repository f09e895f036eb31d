import type { Sighting } from './finding.ts'
import { isPlaceholder } from './placeholder.ts'
import { lettersOf } from './words.ts'

const LONGEST_LINE = 400

/** How programs are given a password in their arguments; the first group is the password. */
const ARGUMENTS: Readonly<Record<string, RegExp>> = {
  curl: /\s(?:-u|--user|--proxy-user|-U)[ =]{0,4}(?:["']?[^\s:"'$<{]{0,80}:["']?([^\s"'$<{[][^\s"'<{]{3,80})|["']([^\s:"'$<{]{0,40}\d[^\s:"'$<{]{0,40}):["'])/,
  wget: /\s--(?:http-|ftp-|proxy-)?password[ =]["']?([^\s"'$<{]{4,80})/,
  http: /\s(?:-a|--auth)[ =]["']?[^\s:"'$<{]{1,80}:([^\s"'$<{]{4,80})/,
  sshpass: /\s-p ?["']?([^\s"'$<{]{4,80})/,
  docker: /^\s+login\b.*\s(?:-p|--password)[ =]["']?([^\s"'$<{]{4,80})/,
  podman: /^\s+login\b.*\s(?:-p|--password)[ =]["']?([^\s"'$<{]{4,80})/,
  mysql: /\s-p["']?([^\s"'$<{-][^\s"'$<{]{3,80})/,
  mysqldump: /\s-p["']?([^\s"'$<{-][^\s"'$<{]{3,80})/,
  mysqladmin: /\s-p["']?([^\s"'$<{-][^\s"'$<{]{3,80})/,
  mongo: /\s(?:-p|--password)[ =]["']?([^\s"'$<{]{4,80})/,
  mongosh: /\s(?:-p|--password)[ =]["']?([^\s"'$<{]{4,80})/,
  mongodump: /\s(?:-p|--password)[ =]["']?([^\s"'$<{]{4,80})/,
  'redis-cli': /\s(?:-a|--pass)[ =]["']?([^\s"'$<{]{4,80})/,
  ldapsearch: /\s-w ["']?([^\s"'$<{]{4,80})/,
  smbclient: /\s-U ["']?[^\s%"']{1,60}%([^\s"'$<{]{4,80})/,
  sqlcmd: /\s-P ["']?([^\s"'$<{]{4,80})/,
  sqlplus: /\s[\w.]{1,40}\/([^\s"'$<{@]{4,80})@/,
  openssl: /\s-pass(?:in|out|)\s+["']?pass:([^\s"'$<{]{4,80})/,
  htpasswd: /\s-(?:b|cb|bc|nb|bn|bB|Bb|bm|mb|nbB|bnB|cbB) \S{1,120} \S{1,60} ["']?([^\s"'$<{]{4,80})/,
  IDENTIFIED: /^\s+(?:WITH\s+\w{1,40}\s+)?BY\s+(?:PASSWORD\s+)?["']([^"'\n$<{]{4,80})["']/i,
  identified: /^\s+(?:with\s+\w{1,40}\s+)?by\s+(?:password\s+)?["']([^"'\n$<{]{4,80})["']/i,
  SecureString: /^\s+(?:-String\s+)?["']([^"'\n$<{]{4,80})["']/,
  'ConvertTo-SecureString': /^\s+(?:-String\s+)?["']([^"'\n$<{]{4,80})["']/,
}

/** The letters of each program's name as bits: most words are dismissed by them alone. */
const LETTERS = new Set(Object.keys(ARGUMENTS).map(lettersOf))

export function mayTakeArguments(letters: number): boolean {
  return LETTERS.has(letters)
}

/** The rest of a command, with the lines that a backslash joins to it. */
function commandFrom(text: string, from: number): string {
  const near = text.slice(from, from + LONGEST_LINE)
  let end = near.indexOf('\n')
  while (end > 0 && near[end - 1] === '\\') end = near.indexOf('\n', end + 1)
  return end === -1 ? near : near.slice(0, end)
}

/** A password in the arguments of the program whose name is the word that ends at `end`. */
export function argumentAt(text: string, word: string, end: number): Sighting | undefined {
  const pattern = Object.hasOwn(ARGUMENTS, word) ? ARGUMENTS[word] : undefined
  if (pattern === undefined) return undefined
  const line = commandFrom(text, end)
  const match = pattern.exec(line)
  const password = match?.[1] ?? match?.[2]
  if (match === null || password === undefined || isPlaceholder(password)) return undefined
  if (/^(?:[-/.]|user|\W+$)/.test(password) || !/[^a-z]/.test(password)) return undefined
  const start = end + match.index + match[0].lastIndexOf(password)
  return {
    rule: 'secret.argument-password',
    class: 'password',
    reason: `A password is written into the arguments of ${word}.`,
    start,
    end: start + password.length,
    confidence: 'medium',
  }
}
