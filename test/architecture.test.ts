import { readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { expect, test } from 'vitest'

const ROOT = resolve(import.meta.dirname, '..')
const SRC = join(ROOT, 'src')

/** Imports go to a lower rank only. A folder that is not here does not belong to the house. */
const RANKS: Record<string, number> = {
  kernel: 0,
  contract: 1,
  audit: 2,
  policy: 2,
  guards: 2,
  store: 3,
  sandbox: 4,
  gateway: 4,
  agents: 4,
  gates: 4,
  forge: 4,
  identity: 4,
  secrets: 4,
  tasks: 5,
  review: 6,
  http: 7,
  cli: 7,
  compose: 8,
  demo: 9,
  'main.ts': 10,
}

const KERNEL = ['bytes', 'canonical-json', 'failure', 'ids', 'instant', 'result']
const BANNED_NAMES = /^(utils?|helpers?|common|shared|misc|lib|types)(\.|$)/

/** Where an effect may appear; each path is a prefix below src/. */
const CHILD_PROCESSES = [
  'sandbox/',
  'forge/git/',
  'agents/builtin/tools/',
  'agents/acp/',
  'store/embedded-postgres',
  'cli/pager.ts',
  'cli/server-process.ts',
  'demo/',
]
// with-relay.ts runs inside a sandbox, where the environment is Airlock's own word to it.
const ENVIRONMENT = ['compose/config.ts', 'sandbox/guest/with-relay.ts']
const SOCKETS = ['sandbox/', 'gateway/', 'agents/builtin/', 'secrets/', 'store/', 'cli/', 'compose/', 'demo/']

const files = walk(SRC).filter((path) => path.endsWith('.ts'))
const sources = new Map(files.map((path) => [relative(SRC, path), readFileSync(path, 'utf8')]))

test('every folder of src stands in the rank table', () => {
  expect(readdirSync(SRC).filter((name) => !(name in RANKS))).toEqual([])
})

test('imports go to a lower rank, or stay in their room', () => {
  const wrong: string[] = []
  for (const [path, source] of sources)
    for (const target of internalImports(path, source)) {
      if (room(target) === room(path)) continue
      if ((RANKS[room(target)] ?? 99) >= (RANKS[room(path)] ?? -1)) wrong.push(`${path} -> ${target}`)
    }
  expect(wrong).toEqual([])
  expect(sources.size).toBeGreaterThan(100)
})

test('other rooms are named by #room, the own room by a relative path', () => {
  const wrong: string[] = []
  for (const [path, source] of sources)
    for (const specifier of specifiers(source)) {
      if (
        specifier.startsWith('.') &&
        room(relative(SRC, resolve(SRC, dirname(path), specifier))) !== room(path)
      )
        wrong.push(`${path}: ${specifier}`)
      if (specifier.startsWith(`#${room(path)}/`)) wrong.push(`${path}: ${specifier}`)
    }
  expect(wrong).toEqual([])
})

test('there are no import circles, type imports included', () => {
  expect(circles()).toEqual([])
})

test('no source file is above 400 lines, no test above 500', () => {
  const long = [...sources]
    .map(([path, source]) => [path, lines(source)] as const)
    .filter(([, count]) => count > 400)
  const tests = walk(join(ROOT, 'test'))
    .filter((path) => path.endsWith('.ts'))
    .map((path) => [relative(ROOT, path), lines(readFileSync(path, 'utf8'))] as const)
    .filter(([, count]) => count > 500)
  expect([...long, ...tests]).toEqual([])
  const counts = [...sources.values()].map(lines).sort((a, b) => a - b)
  console.log(`median of ${counts.length} source files: ${counts[Math.floor(counts.length / 2)]} lines`)
})

test('nothing is called utils, helpers, common, shared, misc, lib or types', () => {
  const all = [...walk(SRC), ...walk(join(ROOT, 'test')), ...walk(join(ROOT, 'bench'))]
  const parts = all.flatMap((path) =>
    relative(ROOT, path)
      .split('/')
      .filter((part) => BANNED_NAMES.test(part)),
  )
  expect(parts).toEqual([])
})

test('the kernel is a closed list', () => {
  expect(readdirSync(join(SRC, 'kernel')).sort()).toEqual(KERNEL.map((name) => `${name}.ts`))
})

test('child processes, the environment and sockets appear only where they may', () => {
  const wrong: string[] = []
  for (const [path, source] of sources) {
    const may = (places: readonly string[]) => places.some((place) => path.startsWith(place))
    if (/from 'node:child_process'/.test(source) && !may(CHILD_PROCESSES))
      wrong.push(`${path}: child process`)
    if (/\bprocess\.env\b/.test(source) && !may(ENVIRONMENT)) wrong.push(`${path}: environment`)
    if (/^import (?!type).* from '(node:(net|tls|http|https|dgram)|undici)'/m.test(source) && !may(SOCKETS))
      wrong.push(`${path}: socket`)
  }
  expect(wrong).toEqual([])
})

test('clock and randomness are handed in', () => {
  const wrong = [...sources]
    .filter(([path]) => !/^(compose|demo|agents\/builtin|sandbox\/guest)\//.test(path))
    .filter(([, source]) => /Date\.now\(\)|new Date\(\)|Math\.random\(\)|\brandomUUID\(/.test(source))
    .map(([path]) => path)
  expect(wrong).toEqual([])
})

test('every failure code has an HTTP status, an exit code and a test', () => {
  const codes = [...(sources.get('kernel/failure.ts') ?? '').matchAll(/^ {2}'([a-z_]+)',$/gm)].map(
    (match) => match[1] ?? '',
  )
  expect(codes.length).toBeGreaterThan(30)
  const everything = [...sources].filter(([path]) => path !== 'kernel/failure.ts').map(([, source]) => source)
  const used = (code: string) =>
    everything.some((source) => source.includes(`code: '${code}'`) || source.includes(`'${code}',`))
  expect(codes.filter((code) => !used(code))).toEqual([])
})

function walk(directory: string): string[] {
  return readdirSync(directory)
    .filter((name) => name !== 'vectors')
    .flatMap((name) => {
      const path = join(directory, name)
      return statSync(path).isDirectory() ? walk(path) : [path]
    })
}

function room(path: string): string {
  return path.split('/')[0] ?? path
}

function lines(source: string): number {
  return source.split('\n').length - 1
}

function specifiers(source: string): string[] {
  const matches = source.matchAll(
    /(?:^|\n)\s*(?:import|export)\b[^'"\n;]*(?:\{[^}]*\}[^'"\n]*)?from\s+'([^']+)'|import\('([^']+)'\)|^import '([^']+)'/gm,
  )
  return [...matches].map((match) => match[1] ?? match[2] ?? match[3] ?? '')
}

function internalImports(path: string, source: string): string[] {
  return specifiers(source).flatMap((specifier) => {
    if (specifier.startsWith('#')) return [specifier.slice(1)]
    if (specifier.startsWith('.')) return [relative(SRC, resolve(SRC, dirname(path), specifier))]
    return []
  })
}

function circles(): string[] {
  const graph = new Map([...sources].map(([path, source]) => [path, internalImports(path, source)]))
  const done = new Set<string>()
  const found: string[] = []
  const visit = (path: string, trail: string[]) => {
    const at = trail.indexOf(path)
    if (at >= 0) return void found.push([...trail.slice(at), path].join(' -> '))
    if (done.has(path)) return
    for (const next of graph.get(path) ?? []) visit(next, [...trail, path])
    done.add(path)
  }
  for (const path of graph.keys()) visit(path, [])
  return found
}
