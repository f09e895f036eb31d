import { bitOf, EVERYTHING } from '../class.ts'
import type { Call, Expression } from '../syntax/program.ts'
import type { Analysis } from './analysis.ts'
import type { Given } from './sightings.ts'
import {
  cleared,
  concatenated,
  constant,
  controlOf,
  deepTaints,
  isConstant,
  join,
  mergeTaints,
  PARAMETER,
  SAFE,
  step,
  UNKNOWN,
  type Value,
} from './value.ts'

/** A call with everything that is known of it. */
export interface Called {
  readonly callee: Expression
  readonly receiver: Value | undefined
  readonly target: Value | undefined
  readonly given: readonly Given[]
  readonly method: string
  readonly paths: readonly string[]
}

const GIVES_NOTHING =
  /^(?:length|size|count|indexOf|lastIndexOf|equals|equalsIgnoreCase|hashCode|compareTo|startsWith|endsWith|startswith|endswith|includes|contains|containsKey|isEmpty|test|matches|has|hasOwnProperty|Contains|HasPrefix|HasSuffix|len|isinstance|is_\w+|isset|empty|strlen|nil\?|empty\?|present\?|blank\?|include\?|ord|charCodeAt|codePointAt|toFixed|getTime|isArray|isDigit|isInteger|bool|abs|sizeof|start_with\?|end_with\?|strcmp|in_array|array_key_exists|is[A-Z]\w*)$/
const MAKES_HARMLESS =
  /(?:escape|sanitis|sanitiz|purif|saniti|whitelist|allowlist|htmlspecial|htmlentit|strip_?tags|slugify|parameteri[sz]e|urlencode|encodeURI|secure_?filename|safe_?(?:join|path|filename|url|redirect|html)|clean_?(?:html|path|url|input|filename|name)|encodeFor|normali[sz]eSafe|(?:to|as|parse)_?(?:int|number|float|uuid|date)\b|validated?_?(?:path|url|input|redirect|filename|host)|shell_?quote|shlex|quote_?(?:ident|literal|name|value|arg|str|table)|hash|digest|md5|sha1|sha256|hmac|crc32|encrypt)/i
const MAKES_MARKUP =
  /(?:^|_)(?:html|tag|select|checkbox|radio|input|field|options?|button|widget|menu|pagination)(?:_(?:tag|for|field|box|list|select|row|header))?$|^(?:html|form|tag)_/
const OF_DATABASE = /^\$?(?:\w*db[hi]?|pdo|conn(?:ection)?|database|dialect|platform|driver|adapter)$/i
const OWN_ROUTE = bitOf('open-redirect') | bitOf('ssrf')
const UNDOES = /unescape|unsanit|unsafe|decode|unquote|raw_?|to_?hash/i
const LOOKS_UP =
  /^(?:get|find|load|fetch|query|lookup|look_up|select|create|save|is|has|check|count|list|authenticate|verify|execute|insert|delete|update|remove|open|read|exists?|register|login|hash|generate|log|send|render|where|filter|order|one|all|first|exec|run|call|post|put|stat|write)(?:[A-Z_]\w*)?[!?]?$/

/** What a call gives of which nobody has told us: mostly what it was given, except where its name says otherwise. */
export function passedOn(call: Call, called: Called, analysis: Analysis): Value {
  const { receiver, given, method, paths } = called
  const values = given.map(({ value }) => value)
  if (receiver?.constant !== undefined && typeof receiver.constant === 'string') {
    const [first] = values
    if (method === 'charAt' && typeof first?.constant === 'number')
      return constant(receiver.constant.charAt(first.constant))
    if (/^(?:getBytes|toCharArray|encode|decode|trim|strip|toString|bytes|freeze|intern)$/.test(method))
      return receiver
    if (values.every(isConstant) && receiver.pattern !== true) return SAFE
  }
  const filled = filledIn(call, receiver, method, values)
  if (filled !== undefined) return filled
  if (GIVES_NOTHING.test(method)) return SAFE
  const of = mergeTaints(receiver === undefined ? [] : deepTaints(receiver), controlOf(values).taints)
  if (MAKES_HARMLESS.test(method) && !UNDOES.test(method)) return cleared({ taints: of }, EVERYTHING)
  // `html_select(name)`: a helper that makes markup knows to escape what it puts in.
  if (receiver === undefined && MAKES_MARKUP.test(method)) return cleared({ taints: of }, bitOf('xss'))
  // `user_path(id)`: a route of the program's own.
  if (receiver === undefined && /_(?:path|url)$/.test(method)) return cleared({ taints: of }, OWN_ROUTE)
  // `db.quote(name)`, `db.now()`: what the database's own object makes is meant to stand in a statement.
  if (receiver !== undefined && OF_DATABASE.test(lastOf(receiver)) && !LOOKS_UP.test(method))
    return cleared({ taints: mergeTaints(of, UNKNOWN.taints) }, bitOf('sql-injection'))
  const without = takenOut(method, values)
  if (without !== 0) return cleared({ taints: of }, without)
  const passes = analysis.language.passes.has(paths)
  const alone = receiver === undefined || deepTaints(receiver).every(({ origin }) => origin === 1)
  if (
    passes &&
    alone &&
    receiver?.constant === undefined &&
    values[0]?.constant !== undefined &&
    values.every(isConstant)
  )
    return /(?:^|\.)(?:from|bytes|str|string|byte|String|valueOf|b64decode|decode)$/.test(paths[0] ?? '')
      ? values[0]
      : SAFE
  if (call.creates === true || passes) return step({ taints: of }, call.at, `through ${shortly(method)}`)
  if (receiver === undefined) {
    if (LOOKS_UP.test(method)) return UNKNOWN
    return join(step({ taints: of }, call.at, `through ${shortly(method)}`), UNKNOWN)
  }
  // A method of something that is under control gives part of it; others are asked with it, and answer themselves.
  const own = deepTaints(receiver)
  if (
    own.some(({ origin }) => origin >= PARAMETER) &&
    !/^(?:app|db|conn|connection|cursor|repo|repository|client|session|service|model|store)$/i.test(
      receiver.path ?? '',
    )
  ) {
    return step({ taints: LOOKS_UP.test(method) ? own : of }, call.at, `through ${shortly(method)}`)
  }
  if (LOOKS_UP.test(method)) return UNKNOWN
  return join(step({ taints: of }, call.at, `through ${shortly(method)}`), { taints: own })
}

/** What the value is called where it was read. */
function lastOf({ path = '' }: Value): string {
  return path.slice(path.lastIndexOf('.') + 1)
}

/** `'… WHERE id = [ID]'.replace('[ID]', id)`: a text of the program with a value put into its place. */
function filledIn(
  call: Call,
  receiver: Value | undefined,
  method: string,
  [place, value]: readonly Value[],
): Value | undefined {
  if (!/^(?:replace|replaceAll|gsub|sub|Replace)$/.test(method) || typeof receiver?.constant !== 'string')
    return undefined
  if (
    typeof place?.constant !== 'string' ||
    place.pattern === true ||
    value === undefined ||
    isConstant(value)
  )
    return undefined
  const at = receiver.constant.indexOf(place.constant)
  if (at < 0 || place.constant === '') return undefined
  const before = constant(receiver.constant.slice(0, at))
  return concatenated([before, value, constant(receiver.constant.slice(at + place.constant.length))], call.at)
}

/** What a value cannot do any more once these characters were taken out of it. */
function takenOut(method: string, values: readonly Value[]): number {
  if (
    !/^(?:replace|replaceAll|gsub|sub|delete|preg_replace|str_replace|ReplaceAll|ReplaceAllString|tr|strip)$/.test(
      method,
    )
  )
    return 0
  const pattern = values.find((value) => typeof value.constant === 'string')?.constant
  if (typeof pattern !== 'string') return 0
  // Everything but these: `[^a-z0-9]`.
  if (/^[/~#]?\[\^/.test(pattern) || /^\\W/.test(pattern)) return EVERYTHING
  // Without a slash, or without two dots, a name leads nowhere else.
  if (
    /^(?:\/|\.\.|\\\.\\\.|[~#/]?\[(?:[^\]\\^]|\\.){0,40}\/(?:[^\]\\]|\\.){0,40}\][+*]?[~#/]?g?)$/.test(
      pattern,
    )
  )
    return bitOf('path-traversal') | bitOf('zip-slip')
  // The characters that markup begins with, taken out one by one.
  if (/^[/~#]?[[(]?(?:[<>&"'|]|\\["'])+[\])]?[/~#]?g?$/.test(pattern) && /[<>]/.test(pattern))
    return bitOf('xss') | bitOf('template-injection')
  return /[\r\n]|\\[rn]/.test(pattern) ? bitOf('log-injection') | bitOf('header-injection') : 0
}

export function shortly(text: string): string {
  return text.slice(0, 40)
}
