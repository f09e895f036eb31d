import { modulePath } from '../syntax/module-path.ts'
import type { Call, Expression, FunctionNode } from '../syntax/program.ts'
import type { Analysis, Scope } from './analysis.ts'
import { effectOf } from './collections.ts'
import { calledName, keyOf } from './conditions.ts'
import { formatted } from './format.ts'
import { type Called, passedOn, shortly } from './passed-on.ts'
import { type Given, see, seeCompared } from './sightings.ts'
import {
  cleared,
  controlOf,
  isConstant,
  LOCAL,
  PARAMETER,
  REMOTE,
  SAFE,
  step,
  strongest,
  tainted,
  type Value,
} from './value.ts'

/** What a call gives; on the way every rule that speaks of such a call looks at it. */
export function callValue(call: Call, scope: Scope, analysis: Analysis): Value {
  const { callee } = call
  const receiver = callee.kind === 'member' ? analysis.evaluate(callee.of, scope) : undefined
  const target = receiver === undefined ? analysis.evaluate(callee, scope) : undefined
  const evaluated: Given[] = call.arguments.map(({ name, value }) => ({
    name,
    value: analysis.evaluate(value, scope),
    expression: value,
  }))
  const method = calledName(callee)
  const paths = pathsOfCall(callee, receiver, target)
  const given = printed(evaluated, paths, call, analysis)
  for (const { name, value, expression } of given)
    if (name !== undefined)
      see(analysis, 'assign', {
        paths: [`argument.${name}`],
        at: expression.at,
        values: [{ value, expression }],
        scope,
      })
  const [other] = given
  if (other !== undefined && callee.kind === 'member' && /^equals(?:IgnoreCase)?$/.test(method)) {
    const place = { at: call.at, scope }
    seeCompared(analysis, callee.of, other, place)
    if (receiver !== undefined)
      seeCompared(analysis, other.expression, { value: receiver, expression: callee.of }, place)
  }
  see(analysis, 'call', {
    paths,
    at: call.at,
    values: given,
    receiver,
    creates: call.creates === true,
    scope,
  })
  const result = resultOf(call, { callee, receiver, target, given, method, paths }, scope, analysis)
  const type = analysis.language.types.find(paths)[0] ?? (call.creates === true ? paths[0] : undefined)
  return type === undefined ? result : { ...result, type }
}

/** `fprintf(w, '%d', x)` prints its values by the format: what it is given is the text that comes of them. */
function printed(
  given: readonly Given[],
  paths: readonly string[],
  call: Call,
  analysis: Analysis,
): readonly Given[] {
  const [at] = analysis.language.prints.find(paths)
  const format = at === undefined ? undefined : given[at]
  if (at === undefined || format === undefined) return given
  const value = formatted(
    format.value,
    given.slice(at + 1).map((one) => one.value),
    call.at,
  )
  return [...given.slice(0, at), { value, expression: format.expression }]
}

function pathsOfCall(callee: Expression, receiver: Value | undefined, target: Value | undefined): string[] {
  if (callee.kind === 'member') {
    const paths = [`${receiver?.path ?? '?'}.${callee.name}`]
    if (receiver?.type !== undefined) paths.push(`${receiver.type}.${callee.name}`)
    const written = writtenPath(callee.of)
    if (written !== undefined && written !== receiver?.path) paths.push(`${written}.${callee.name}`)
    return paths
  }
  if (callee.kind === 'name') {
    // What the file itself defines, or was handed, only bears the name of what we know.
    if (target?.fn !== undefined) return [`own.${callee.name}`]
    if (target?.path === undefined) return [callee.name]
    if (target.path === callee.name)
      return target.taints.some(({ origin }) => origin === PARAMETER)
        ? [`parameter.${callee.name}`]
        : [callee.name]
    return target.path.endsWith(')') ? [target.path, callee.name] : [target.path]
  }
  return [target?.path ?? '?']
}

/** The name as it stands there: `db.query` is a query, wherever `db` came from. */
function writtenPath(of: Expression): string | undefined {
  if (of.kind === 'name') return of.name
  return of.kind === 'member' && (of.of.kind === 'name' || of.of.kind === 'member')
    ? `${of.of.name}.${of.name}`
    : undefined
}

function resultOf(call: Call, called: Called, scope: Scope, analysis: Analysis): Value {
  const { receiver, given, method, paths } = called
  const { language } = analysis
  const path = `${paths[0] ?? '?'}()`
  const values = given.map(({ value }) => value)
  const mask = language.clears.find(paths).reduce((all, one) => all | one, 0)
  if (language.remote.has(paths) || language.remoteText.has(paths)) {
    const source = cleared(tainted(REMOTE, call.at, 'comes from a request', { path }), mask)
    bind(call, { ...called, receiver: source }, scope, analysis)
    return source
  }
  if (language.local.has(paths))
    // What is read line by line from a request is as far away as the request.
    return receiver !== undefined && strongest(receiver) === REMOTE
      ? { ...step(controlOf([receiver]), call.at, `through ${shortly(method)}`), path }
      : tainted(LOCAL, call.at, 'comes from outside of the program', { path })
  const [first] = values
  if (paths[0] === 'require' || paths[0] === 'import')
    if (typeof first?.constant === 'string') return { ...SAFE, path: modulePath(first.constant) }
  if (/(?:^|\.)(?:promisify|promisifyAll|denodeify|bind)$/.test(paths[0] ?? '')) {
    const wrapped = method === 'bind' ? receiver : first
    if (wrapped?.path !== undefined || wrapped?.fn !== undefined) return wrapped
  }
  if (mask !== 0) return { ...cleared(controlOf(receiverFirst(called)), mask), path }
  if (language.harmless.has(paths)) return { ...SAFE, path }
  if (language.formats.has(paths)) return formattedCall(called, call, path)
  const own = ownFunction(called, analysis)
  if (own !== undefined) {
    const entered = analysis.enter(own, boundTo(own, called), scope, call.at, false)
    if (entered !== undefined) return entered
  }
  if (receiver !== undefined && callee(call).kind === 'member') {
    const effect = effectOf(receiver, method, values, call.at)
    if (effect !== undefined) {
      if (effect.receiver !== undefined && call.callee.kind === 'member')
        analysis.assign(call.callee.of, effect.receiver, scope, call.at)
      return effect.result
    }
  }
  const collection = newCollection(call, called)
  if (collection !== undefined) return collection
  callBack(called, scope, analysis)
  bind(call, called, scope, analysis)
  const [text] = call.arguments
  const readFrom = text !== undefined && READS_ADDRESS.test(paths[0] ?? '') ? keyOf(text.value) : undefined
  return { ...passedOn(call, called, analysis), path, ...(readFrom === undefined ? {} : { readFrom }) }
}

const READS_ADDRESS =
  /(?:^|\.)(?:URL|URI|Uri|urlparse|urlsplit|parse_url|(?:url|URI|Addressable\.URI)\.parse|url\.Parse|URI\.create)$/

function callee(call: Call): Expression {
  return call.callee
}

function receiverFirst({ receiver, given }: Called): readonly Value[] {
  const values = given.map(({ value }) => value)
  return receiver === undefined ? values : [receiver, ...values]
}

function formattedCall({ receiver, given }: Called, call: Call, path: string): Value {
  const named = new Map(
    given.flatMap(({ name, value }) => (name === undefined ? [] : [[name, value] as const])),
  )
  const values = given.filter(({ name }) => name === undefined).map(({ value }) => value)
  // `'…'.format(a)` has its format before the dot, `String.format('…', a)` behind it.
  const before = receiver !== undefined && (receiver.constant !== undefined || receiver.built === true)
  const [format, ...rest] = before && receiver !== undefined ? [receiver, ...values] : values
  if (format === undefined) return SAFE
  return { ...formatted(format, rest, call.at, named), path }
}

/** A function of this file that the call means. */
function ownFunction(
  { callee: expression, receiver, target }: Called,
  analysis: Analysis,
): FunctionNode | undefined {
  if (expression.kind === 'name') return target?.fn
  if (expression.kind !== 'member') return target?.fn
  const held = receiver?.entries?.get(expression.name)?.fn
  if (held !== undefined) return held
  const { of } = expression
  const fn = analysis.functionNamed(expression.name)
  if (fn === undefined) return undefined
  const itself = of.kind === 'name' && /^(?:this|self|super|cls|\$this|static|@)$/.test(of.name)
  const ownType = receiver?.type !== undefined && fn.owner?.name === receiver.type
  const ownClass = of.kind === 'name' && fn.owner?.name === of.name
  return itself || ownType || ownClass ? fn : undefined
}

/** The values its parameters take, by name where they are named. */
function boundTo(fn: FunctionNode, { receiver, given }: Called): (Value | undefined)[] {
  const takesSelf = /^(?:self|cls)$/.test(fn.parameters[0]?.name ?? '')
  const positional = given.filter(({ name }) => name === undefined).map(({ value }) => value)
  const values: (Value | undefined)[] = takesSelf ? [receiver ?? SAFE, ...positional] : [...positional]
  for (const { name, value } of given) {
    const at = name === undefined ? -1 : fn.parameters.findIndex((parameter) => parameter.name === name)
    if (at >= 0) values[at] = value
  }
  return values
}

/** A collection of the language's own library, made empty or of another. */
function newCollection(call: Call, { given, paths }: Called): Value | undefined {
  const type = paths[0]?.split('.').at(-1) ?? ''
  if (!(call.creates === true || /^(?:dict|list|set|defaultdict|OrderedDict|deque)$/.test(type)))
    return undefined
  if (
    !/(?:Map|List|Set|Dictionary|Deque|Queue|Vector|Hashtable|Properties|Array|^dict|^list|^set|^Hash|Params|FormData)$/.test(
      type,
    )
  )
    return undefined
  const [first] = given
  const list = /(?:List|Array|Vector|Deque|Queue|^list)$/.test(type)
  if (first === undefined) return { taints: [], entries: new Map(), closed: true, list, type }
  if (first.value.entries !== undefined && first.value.list === list) return { ...first.value, type }
  return isConstant(first.value) ? { taints: [], entries: new Map(), closed: true, list, type } : undefined
}

const HANDS_OVER =
  /^(?:map|forEach|each|filter|then|flatMap|some|every|find|reduce|each_with_index|collect|select|tap|let|also|apply|run|ifPresent|subscribe|pipe|each_pair|catchError|map!|for_each|mapValues|concatMap|switchMap|done|success)$/

/** A function handed to a method of a collection or promise gets what that holds. */
function callBack({ receiver, given, method }: Called, scope: Scope, analysis: Analysis): void {
  if (receiver === undefined || !HANDS_OVER.test(method)) return
  const held = controlOf([receiver])
  if (strongest(held) < PARAMETER) return
  for (const { value, expression } of given)
    if (value.fn !== undefined) analysis.enter(value.fn, [held, held], scope, expression.at, true)
}

const BINDS =
  /^(?:Decode|Bind\w*|ShouldBind\w*|Unmarshal\w*|BodyParser|Scan\w*|Fscan\w*|read|readFully|ReadFull|copy|strcpy|TryGetValue|parse_str|preg_match\w*)$/

/** Calls that write what they read into an argument. */
function bind(call: Call, { receiver, given, method }: Called, scope: Scope, analysis: Analysis): void {
  if (!BINDS.test(method)) return
  const from = controlOf([...(receiver === undefined ? [] : [receiver]), ...given.map(({ value }) => value)])
  if (strongest(from) < LOCAL) return
  for (const { expression } of given)
    if (expression.kind === 'name')
      analysis.assign(expression, step(from, call.at, `read into ${expression.name}`), scope, call.at)
}
