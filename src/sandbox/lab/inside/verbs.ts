import { spawnSync } from 'node:child_process'
import { createSocket } from 'node:dgram'
import {
  appendFileSync,
  chownSync,
  closeSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { connect as connectSocket, type NetConnectOpts } from 'node:net'

/**
 * What an attack may be made of. Each either returns what it got hold of or throws the error that met it. Runs inside,
 * with nothing but Node; what is sent goes to loopback and to Unix sockets only.
 */
export const VERBS = {
  create: (path: string) => writeFileSync(path, 'x', { flag: 'wx' }),
  append: (path: string, text = 'x') => appendFileSync(path, text, { flag: 'a' }),
  read: (path: string) => readFileSync(path, 'latin1').slice(0, 8_000),
  find: (path: string) => void statSync(path),
  list: (path: string) => readdirSync(path).join(' ').slice(0, 2_000),
  unlink: (path: string) => unlinkSync(path),
  rename: (from: string, to: string) => renameSync(from, to),
  own: (path: string, uid: number) => {
    writeFileSync(path, '')
    chownSync(path, uid, uid)
  },
  'hoard descriptors': hoard,
  open: (path: string) => closeSync(openSync(path, 'r+')),
  'become user': (uid: number) => process.setuid?.(uid),
  signal: (pid: number, signal: string) => void process.kill(pid, signal),
  /** Says the words to whoever listens on a port of 127.0.0.1, over TCP. */
  'say to port': (port: number, words: string) => say({ host: '127.0.0.1', port }, words),
  'say to socket': (path: string, words: string) => say({ path }, words),
  'say to abstract socket': (name: string, words: string) => say({ path: `\0${name}` }, words),
  'send to port': send,
  /** Asks a proxy behind a Unix socket for a way to a place, and says the words there. */
  'say through proxy': sayThroughProxy,
  'find a route': findRoute,
  /** The words of standard output. */
  shell: (script: string) => shell(script),
  /** The same, refused when there are none. */
  'shell that finds': (script: string) => {
    const said = shell(script)
    if (said === '') throw refusal('nothing found')
    return said
  },
} satisfies Record<string, (...words: never[]) => unknown>

export type VerbName = keyof typeof VERBS

const PATIENCE = 3_000

/** Gives them all back: whoever comes next needs some. */
function hoard(count: number): void {
  const held: number[] = []
  try {
    while (held.length < count) held.push(openSync('/dev/null', 'r'))
  } finally {
    for (const descriptor of held) closeSync(descriptor)
  }
}

function shell(script: string): string {
  const said = spawnSync('/bin/sh', ['-c', script], {
    stdio: ['ignore', 'pipe', 'ignore'],
    timeout: PATIENCE * 3,
    encoding: 'latin1',
  })
  if (said.error !== undefined) throw said.error
  return said.stdout.trim().slice(0, 2_000)
}

function say(where: NetConnectOpts, words: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connectSocket(where, () => socket.end(words))
    socket.setTimeout(PATIENCE, () => socket.destroy(refusal('ETIMEDOUT')))
    socket.on('error', reject)
    socket.on('close', () => resolve('connected'))
    socket.resume()
  })
}

function send(port: number, words: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = createSocket('udp4')
    socket.send(words, port, '127.0.0.1', (error) => {
      socket.close()
      if (error) reject(error)
      else resolve('sent')
    })
  })
}

function sayThroughProxy(path: string, authority: string, words: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = ''
    const socket = connectSocket({ path }, () =>
      socket.write(`CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n\r\n`),
    )
    socket.setTimeout(PATIENCE, () => socket.destroy(refusal('ETIMEDOUT')))
    socket.on('data', (chunk) => {
      answer += chunk.toString('latin1')
      if (!answer.includes('\r\n')) return
      if (/^HTTP\/1\.[01] 200/.test(answer)) socket.end(words)
      else socket.destroy(refusal(answer.slice(9, 12)))
    })
    socket.on('error', reject)
    socket.on('close', () => resolve('the proxy opened a way'))
  })
}

/** Reads the routing tables instead of sending: true of no packet ever, however weak the sandbox. */
function findRoute(address: string): string {
  const wanted = ipv4(address)
  const found = lines('/proc/net/route')
    .slice(1)
    .map((line) => line.split(/\s+/))
    .find(([, to = '', , , , , , mask = '']) => (wanted & hostOrder(mask)) >>> 0 === hostOrder(to))
  if (found !== undefined) return `a route by ${found[0]}`
  const six = lines('/proc/net/ipv6_route').find((line) => !line.endsWith(' lo') && !/^(fe80|ff)/.test(line))
  if (six !== undefined) return `an IPv6 route by ${six.split(/\s+/).at(-1)}`
  throw refusal('no route')
}

function lines(path: string): string[] {
  return readFileSync(path, 'latin1').split('\n').filter(Boolean)
}

function ipv4(text: string): number {
  return text.split('.').reduce((sum, part) => ((sum << 8) | Number(part)) >>> 0, 0)
}

/** The kernel prints addresses as they stand in memory of a little-endian machine. */
function hostOrder(hex: string): number {
  return ipv4(
    (hex.match(/../g) ?? [])
      .reverse()
      .map((byte) => Number.parseInt(byte, 16))
      .join('.'),
  )
}

function refusal(code: string): Error {
  return Object.assign(new Error(code), { code })
}
