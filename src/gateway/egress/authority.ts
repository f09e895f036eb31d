import { isIP } from 'node:net'

/** The target of a CONNECT request, in its one canonical spelling. */
export type Authority =
  | { readonly kind: 'name'; readonly host: string; readonly port: number }
  /** An address in any notation a resolver might take for one. */
  | { readonly kind: 'address' }
  | { readonly kind: 'malformed' }

/** Reads `host:port` strictly: no user, no trailing dot, no missing port, letters of either case. */
export function parseAuthority(text: string): Authority {
  if (text.length > 300) return MALFORMED
  if (/^\[[^\]]*\](:\d{1,5})?$/.test(text)) return { kind: 'address' }
  const [, host = '', digits = ''] = /^([A-Za-z0-9._:-]+):(\d{1,5})$/.exec(text) ?? []
  const port = Number(digits)
  if (host === '' || port < 1 || port > 65_535 || String(port) !== digits) return MALFORMED
  if (isIP(host) || isNumeric(host)) return { kind: 'address' }
  if (host.length > 253 || !host.split('.').every((label) => LABEL.test(label))) return MALFORMED
  return { kind: 'name', host: host.toLowerCase(), port }
}

const MALFORMED: Authority = { kind: 'malformed' }
const LABEL = /^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/

/** inet_aton(3) takes 2130706433, 0x7f.1 and 0177.0.0.1 for addresses; WHATWG calls a host numeric by its last label. */
function isNumeric(host: string): boolean {
  const labels = host.replace(/\.$/, '').split('.')
  return /^(\d+|0[xX][0-9a-fA-F]*)$/.test(labels.at(-1) ?? '')
}
