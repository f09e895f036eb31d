import { type EgressAllowance, type EgressRequest, type EgressView, targetText } from '#contract/egress.ts'
import { count } from '../terminal/amounts.ts'
import { oneLine } from '../terminal/safe-text.ts'
import type { Paint } from '../terminal/screen.ts'

const MOST_PATHS = 3

/** What setup asks for that nobody has allowed, then what somebody has. `command` is typed before a host to allow it. */
export function egressLines(view: EgressView, command: string, paint: Paint): readonly string[] {
  const open = view.requests.filter((request) => request.open)
  const byTarget = Map.groupBy(open, targetText)
  return [
    ...[...byTarget].flatMap(([target, requests]) => requestLines(target, requests, command, paint)),
    ...view.allowed.map((allowance) => allowanceLine(allowance, paint)),
  ]
}

/** A host as one types it: what needs no saying left out. */
export function typedTarget({ scheme, host, port }: Pick<EgressRequest, 'scheme' | 'host' | 'port'>): string {
  if (port === (scheme === 'http' ? 80 : 443)) return scheme === 'http' ? `${host}:80` : host
  return scheme === 'http' ? `http://${host}:${port}` : `${host}:${port}`
}

function requestLines(
  target: string,
  requests: readonly EgressRequest[],
  command: string,
  paint: Paint,
): readonly string[] {
  const [first] = requests
  if (first === undefined) return []
  const times = requests.reduce((sum, request) => sum + request.times, 0)
  const why = requests.some(({ origin }) => origin === 'project')
    ? 'airlock.yaml names it'
    : `tried ${count(times, 'time')}`
  const paths = requests.flatMap(({ method, path }) => (method === undefined ? [] : [`${method} ${path}`]))
  const more = paths.length > MOST_PATHS ? [`and ${paths.length - MOST_PATHS} more`] : []
  return [
    `  ${paint('yellow', '?')} ${paint('bold', oneLine(target))}  ${paint('dim', why)}  ${paint('cyan', `${command} ${oneLine(typedTarget(first))}`)}`,
    ...[...paths.slice(0, MOST_PATHS), ...more].map((path) => `      ${paint('dim', oneLine(path))}`),
  ]
}

function allowanceLine(allowance: EgressAllowance, paint: Paint): string {
  const { methods, paths, allowedBy, reason } = allowance
  const bounds = methods === undefined ? '' : `  ${methods.join(',')} ${(paths ?? []).map(oneLine).join(' ')}`
  const why = reason === '' ? '' : `: ${oneLine(reason)}`
  const whose = allowance.for === 'task' ? 'this task' : 'the project'
  const by = paint('dim', `for ${whose}, by ${oneLine(allowedBy.name)}${why}`)
  return `  ${paint('green', '✓')} ${oneLine(targetText(allowance))}${bounds}  ${by}`
}
