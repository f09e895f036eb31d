import { bitOf, EVERYTHING } from '../class.ts'
import type { Expression } from '../syntax/program.ts'
import type { Analysis, Scope } from './analysis.ts'
import { cleared, constant, isConstant, type Value } from './value.ts'

/** What a condition says of a name: harmless for these classes, or even one known value. */
interface Fact {
  readonly subject: Expression
  readonly mask: number
  readonly value?: Value | undefined
}

/** Learns in a scope what must hold where the condition is true (or false). */
export function learn(condition: Expression, holds: boolean, scope: Scope, analysis: Analysis): void {
  for (const fact of factsOf(condition, holds, scope, analysis)) {
    const value = fact.value ?? cleared(analysis.evaluate(fact.subject, scope), fact.mask)
    remember(fact.subject, value, fact.mask, scope, analysis)
  }
}

function remember(subject: Expression, value: Value, mask: number, scope: Scope, analysis: Analysis): void {
  const key = keyOf(subject)
  if (key !== undefined) {
    if (key.includes('.')) analysis.learnt.add(key)
    scope.variables.set(key, value)
    rememberHost(subject, scope, analysis)
    return
  }
  if (subject.kind === 'call') rememberHost(subject.callee, scope, analysis)
  // `realpath(name)` tested, `name` used: what holds for the one holds for the other.
  if (subject.kind === 'call' && SAME_THING.test(calledName(subject.callee))) {
    const [first] = subject.arguments
    const firstKey = first === undefined ? undefined : keyOf(first.value)
    if (first !== undefined && firstKey !== undefined)
      scope.variables.set(firstKey, cleared(analysis.evaluate(first.value, scope), mask))
  }
  if (subject.kind === 'call' && subject.callee.kind === 'member' && SAME_TEXT.test(subject.callee.name)) {
    const inner = subject.callee.of
    const innerKey = keyOf(inner)
    if (innerKey !== undefined) scope.variables.set(innerKey, cleared(analysis.evaluate(inner, scope), mask))
  }
}

const SAME_TEXT =
  /^(?:trim\w*|l?strip|rstrip|chomp|toLowerCase|toUpperCase|lower|upper|casefold|downcase|upcase|to_s|to_sym|toString|ToString|ToLower\w*|normalize|toAbsolutePath|toRealPath|getCanonicalPath|resolve|toPath|toFile|getPath|as_posix|getAbsolutePath|getCanonicalFile)$/
const ELSEWHERE = bitOf('open-redirect') | bitOf('ssrf')

/** `url.host === 'example.com'`: the address leads where it may, and so does the text it was read from. */
function rememberHost(subject: Expression, scope: Scope, analysis: Analysis): void {
  const of = subject.kind === 'member' ? subject.of : subject.kind === 'index' ? subject.of : undefined
  const part =
    subject.kind === 'member'
      ? subject.name
      : subject.kind === 'index' && subject.key.kind === 'literal'
        ? String(subject.key.value)
        : ''
  if (of === undefined || !/^(?:host|hostname|netloc|origin|Host|Hostname|getHost|getAuthority)$/.test(part))
    return
  const address = analysis.evaluate(of, scope)
  for (const key of [keyOf(of), address.readFrom])
    if (key !== undefined) {
      const known = scope.variables.get(key)
      if (known !== undefined) scope.variables.set(key, cleared(known, ELSEWHERE))
    }
}

const SAME_THING =
  /^(?:abspath|realpath|normpath|resolve|normalize|normcase|getCanonicalPath|toRealPath|Clean|Abs|EvalSymlinks|expand_path|realpath|basename|String|str|lower|strtolower|trim|unquote|decodeURIComponent|urlparse|urlsplit|parse_url)$/

/** Names and paths of names (`req.query.id`) that a scope can remember something of. */
export function keyOf(subject: Expression): string | undefined {
  if (subject.kind === 'name') return subject.name
  if (subject.kind === 'member') {
    const of = keyOf(subject.of)
    return of === undefined ? undefined : `${of}.${subject.name}`
  }
  if (subject.kind === 'index' && subject.key.kind === 'literal') {
    const of = keyOf(subject.of)
    return of === undefined ? undefined : `${of}.${String(subject.key.value)}`
  }
  return undefined
}

function factsOf(condition: Expression, holds: boolean, scope: Scope, analysis: Analysis): Fact[] {
  switch (condition.kind) {
    case 'not':
      return factsOf(condition.of, !holds, scope, analysis)
    case 'assign':
      return []
    case 'mixture':
      return condition.of.length === 1 && condition.of[0] !== undefined
        ? factsOf(condition.of[0], holds, scope, analysis)
        : []
    case 'binary': {
      const { operator, left, right } = condition
      if (operator === '&&' || operator === '||') {
        // Both sides are known only where the operator makes them so.
        if ((operator === '&&') === holds)
          return [...factsOf(left, holds, scope, analysis), ...factsOf(right, holds, scope, analysis)]
        return shared(factsOf(left, holds, scope, analysis), factsOf(right, holds, scope, analysis))
      }
      return compared(operator, left, right, holds, scope, analysis)
    }
    case 'call':
      return tested(condition, holds, scope, analysis)
    case 'index':
      // `ALLOWED[name]` is true only for names that stand there.
      return holds &&
        condition.of.kind === 'name' &&
        /^[A-Z_]{3,}$|allow|whitelist|valid|permitted/i.test(condition.of.name)
        ? [{ subject: condition.key, mask: EVERYTHING }]
        : []
    default:
      return []
  }
}

/** Facts that hold on both sides, whichever of them was true. */
function shared(left: readonly Fact[], right: readonly Fact[]): Fact[] {
  return left.flatMap((fact) => {
    const other = right.find(
      ({ subject }) => keyOf(subject) !== undefined && keyOf(subject) === keyOf(fact.subject),
    )
    return other === undefined ? [] : [{ subject: fact.subject, mask: fact.mask & other.mask }]
  })
}

function compared(
  operator: string,
  left: Expression,
  right: Expression,
  holds: boolean,
  scope: Scope,
  analysis: Analysis,
): Fact[] {
  const same = /^(?:={2,3}|is|eq|equals)$/.test(operator)
  const differs = /^(?:!={1,2}|is not|not is)$/.test(operator)
  if (same === holds && (same || differs)) {
    if (left.kind === 'call' && /^common_?(?:prefix|path)$/i.test(calledName(left.callee)))
      return withinBoth(left)
    const other = analysis.evaluate(right, scope)
    // -1 is what a search gives that found nothing: `indexOf(x) !== -1`.
    if (isConstant(other) && other.constant !== null && other.constant !== '' && other.constant !== -1) {
      if (left.kind === 'call')
        return typeTest(left, other) ?? searched(left, scope, analysis, other.constant === 0)
      return [
        {
          subject: left,
          mask: EVERYTHING,
          value: other.constant === undefined ? undefined : constant(other.constant),
        },
      ]
    }
    if (left.kind === 'literal') return [{ subject: right, mask: EVERYTHING }]
  }
  if (left.kind === 'call' && (differs ? holds : same ? !holds : false)) {
    const other = analysis.evaluate(right, scope)
    if (other.constant === -1) return searched(left, scope, analysis, false)
  }
  if (
    left.kind === 'call' &&
    ((operator === '>=' && holds) || (operator === '<' && !holds) || (operator === '>' && holds))
  )
    return searched(left, scope, analysis, false)
  if (operator === 'in' || operator === 'not in') {
    if ((operator === 'in') === holds) {
      const list = analysis.evaluate(right, scope)
      return isWritten(left) ? [] : allowed(list, right) ? [{ subject: left, mask: EVERYTHING }] : []
    }
    // `'..' in path`, and control went away.
    const text = analysis.evaluate(left, scope).constant
    return typeof text === 'string' ? [{ subject: right, mask: maskOfRefused(text) }] : []
  }
  if ((operator === '=~' && holds) || (operator === '!~' && !holds))
    return [{ subject: left, mask: EVERYTHING }]
  if ((operator === 'instanceof' || operator === 'is') && holds && right.at.text() !== 'String')
    return [{ subject: left, mask: EVERYTHING }]
  return []
}

/** `commonpath([a, b]) == b`: each of them lies where the other does. */
function withinBoth(call: Expression & { kind: 'call' }): Fact[] {
  const mask = bitOf('path-traversal') | bitOf('zip-slip')
  return call.arguments
    .flatMap(({ value }) => (value.kind === 'list' ? value.items : [value]))
    .map((subject) => ({ subject, mask }))
}

function isWritten(expression: Expression): boolean {
  return expression.kind === 'literal'
}

/** A list to choose from is one that the request did not bring along. */
function allowed(list: Value, written: Expression): boolean {
  if (list.taints.some(({ origin }) => origin >= 3)) return false
  return list.entries !== undefined || list.constant === undefined || written.kind !== 'literal'
}

function typeTest(condition: Expression & { kind: 'call' }, other: Value): Fact[] | undefined {
  const [first] = condition.arguments
  if (condition.callee.kind !== 'name' || first === undefined) return undefined
  if (condition.callee.name !== 'typeof' && condition.callee.name !== 'type') return undefined
  if (other.constant === 'number' || other.constant === 'boolean')
    return [{ subject: first.value, mask: EVERYTHING }]
  return other.constant === 'string' ? [{ subject: first.value, mask: bitOf('nosql-injection') }] : []
}

const MEMBERSHIP =
  /^(?:includes?\??|has|hasOwn|hasOwnProperty|contains|containsKey|containsValue|Contains|ContainsKey|indexOf|in_array|array_key_exists|key\?|has_key\??|include\?|member\?|any\?|Contains|some|find|get|find_index)$/
const MATCHING =
  /^(?:test|match|matches|fullmatch|MatchString|Match|MatchRegexp|IsMatch|preg_match|search|match\?|isMatch)$/
const PREFIX =
  /^(?:startsWith|startswith|start_with\?|HasPrefix|StartsWith|starts_with|str_starts_with|beginsWith|is_relative_to|isSubPath|isPathInside|strpos|lastIndexOf|resolve_under)$/
const VALIDATING =
  /(?:is|are|has|check|ensure|assert|validate?s?|verif(?:y|ies))_?(?:valid|safe|allow|permit|secure|white|trusted|legal|local|relative|numeric|digit|int|uuid|alpha|alnum|within|inside|sub|internal|known|supported|whitelisted|same)|^(?:valid|validate|safe|allowed|whitelisted|sanitized|ctype_(?:digit|alnum|alpha|xdigit)|is_(?:numeric|int|float|bool)|isdigit|isnumeric|isalnum|isalpha|isdecimal|isidentifier|IsLocalUrl|url_has_allowed_host_and_scheme|is_safe_url|filter_var|validator|isInt|isUUID|isNumeric|isInteger|isFinite|isSafeInteger|isAlphanumeric|isDigit)\??$/i
const OF_ABSENCE = /empty|blank|null|none|nil|present|undefined|defined|exist/i

function tested(
  condition: Expression & { kind: 'call' },
  holds: boolean,
  scope: Scope,
  analysis: Analysis,
): Fact[] {
  const method = calledName(condition.callee)
  if (OF_ABSENCE.test(method)) return []
  if (/^(?:equals|equalsIgnoreCase|Equals|eql\?|isEqual|strcmp)$/.test(method) && holds) {
    const receiver = condition.callee.kind === 'member' ? condition.callee.of : condition.arguments[0]?.value
    const other = condition.arguments.at(-1)?.value
    if (receiver === undefined || other === undefined) return []
    if (isConstant(analysis.evaluate(receiver, scope))) return [{ subject: other, mask: EVERYTHING }]
    return isConstant(analysis.evaluate(other, scope)) ? [{ subject: receiver, mask: EVERYTHING }] : []
  }
  if (holds) return searched(condition, scope, analysis, true)
  // `if (path.includes('..')) return`: what goes on does not have it.
  const searchedFor = condition.arguments[0]
  const text = searchedFor === undefined ? undefined : analysis.evaluate(searchedFor.value, scope)
  if (condition.callee.kind === 'member' && text?.constant !== undefined && typeof text.constant === 'string')
    if (MEMBERSHIP.test(method) || PREFIX.test(method) || MATCHING.test(method))
      return [{ subject: condition.callee.of, mask: maskOfRefused(text.constant) }]
  if (MATCHING.test(method) && condition.callee.kind === 'member') {
    const pattern = analysis.evaluate(condition.callee.of, scope)
    if (typeof pattern.constant === 'string' && searchedFor !== undefined)
      return [{ subject: searchedFor.value, mask: maskOfRefused(pattern.constant) }]
  }
  if (/^(?:strpos|strstr|str_contains|preg_match|Contains|ContainsAny)$/.test(method)) {
    const constants = condition.arguments.map(({ value }) => analysis.evaluate(value, scope).constant)
    const refused = constants.find((value) => typeof value === 'string')
    const subject = condition.arguments.find((_, index) => constants[index] === undefined)
    return typeof refused === 'string' && subject !== undefined
      ? [{ subject: subject.value, mask: maskOfRefused(refused) }]
      : []
  }
  return []
}

/** What a value cannot do any more that has none of this text in it. */
function maskOfRefused(text: string): number {
  if (text.includes('..') || text.includes('\\.\\.')) return bitOf('path-traversal') | bitOf('zip-slip')
  if (/^(?:\/|\\\\)$/.test(text)) return bitOf('path-traversal')
  if (text.includes('\\n') || text.includes('\n')) return bitOf('header-injection') | bitOf('log-injection')
  if (/__proto__/.test(text)) return bitOf('prototype-pollution')
  if (/\[\^|[;&|`]/.test(text) && text.length > 3) return EVERYTHING & ~bitOf('path-traversal')
  if (/^https?:|^\/\//.test(text)) return bitOf('open-redirect')
  return 0
}

/** A test that came out well: the value stands in a list, has a shape, begins as it should, or was found valid. */
function searched(
  condition: Expression & { kind: 'call' },
  scope: Scope,
  analysis: Analysis,
  strict: boolean,
): Fact[] {
  const method = calledName(condition.callee)
  const receiver = condition.callee.kind === 'member' ? condition.callee.of : undefined
  const given = condition.arguments.map(({ value }) => value)
  const subjects = given.filter((value) => !isConstant(analysis.evaluate(value, scope)))
  if (PREFIX.test(method)) {
    const mask = bitOf('path-traversal') | bitOf('zip-slip') | bitOf('open-redirect') | bitOf('ssrf')
    const subject =
      receiver === undefined || isConstant(analysis.evaluate(receiver, scope)) ? given[0] : receiver
    if (receiver?.kind === 'name' && /^(?:strings|str|Str)$/.test(receiver.name) && given[0] !== undefined)
      return [{ subject: given[0], mask }]
    return subject === undefined ? [] : [{ subject, mask }]
  }
  if (MEMBERSHIP.test(method)) {
    const list = receiver === undefined ? given[1] : receiver
    if (list !== undefined && !allowed(analysis.evaluate(list, scope), list)) return []
    return subjects.map((subject) => ({ subject, mask: EVERYTHING }))
  }
  if (MATCHING.test(method)) {
    const subject =
      receiver === undefined || isPattern(receiver, scope, analysis) ? given : [receiver, ...given]
    return subject
      .filter((value) => !isConstant(analysis.evaluate(value, scope)))
      .map((value) => ({ subject: value, mask: EVERYTHING }))
  }
  if (!strict && !VALIDATING.test(method)) return []
  if (VALIDATING.test(method)) {
    const own = receiver !== undefined && given.length === 0 ? [receiver] : subjects
    return own.map((subject) => ({ subject, mask: EVERYTHING }))
  }
  return []
}

function isPattern(receiver: Expression, scope: Scope, analysis: Analysis): boolean {
  const value = analysis.evaluate(receiver, scope)
  return (
    value.pattern === true ||
    isConstant(value) ||
    /(?:^|[._])(?:re|regexp?|pattern)\b|[rR]eg[eE]x|[pP]attern|^[A-Z_]+$|^re$/.test(
      receiver.at.text().slice(0, 60),
    )
  )
}

export function calledName(callee: Expression): string {
  return callee.kind === 'member'
    ? callee.name
    : callee.kind === 'name'
      ? (callee.name.split('.').at(-1) ?? '')
      : ''
}
