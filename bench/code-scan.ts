/**
 * How fast `airlock scan` looks at a tree: code and secrets of the JavaScript in node_modules, beside ESLint with
 * eslint-plugin-security and secretlint with its recommended rules on the same files, each in one process; then how the time
 * grows with the text, to ten megabytes. The peers are what bench/peers pins; `npm ci --ignore-scripts` there installs them.
 * Seconds of the processor are counted and not those of the clock: on a shared machine the clock measures the neighbours.
 *
 *     node bench/code-scan.ts [megabytes]
 */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { inspectFile } from '#guards/code-scan/inspect.ts'
import { leftOut } from '#guards/code-scan/source-kind.ts'
import { peers } from './rig/peers.ts'
import { report } from './rig/table.ts'

interface Source {
  readonly path: string
  readonly text: string
}

const FASTER_AIM = 5
const GROWTH_AIM = 1.5
const megabytes = Number(process.argv[2] ?? 6)
const root = resolve(import.meta.dirname, '../node_modules')
const sources = corpus(root, megabytes * 1e6)
const size = sources.reduce((sum, { text }) => sum + text.length, 0) / 1e6
console.log(`${sources.length} files, ${size.toFixed(1)} MB of JavaScript`)

const scanAll = async () => sources.forEach((source) => void inspectFile(source))
await scanAll()
const ours = await quickest(scanAll)
const found = sources.reduce(
  (sum, source) => sum + inspectFile(source).findings.filter(({ severity }) => severity !== 'low').length,
  0,
)
console.log(`airlock scan: ${rate(ours)}; ${found} findings`)

const other = await pair()
const lint = await quickest(async () => sources.forEach((source) => void other.eslint(source)))
const secrets = await quickest(async () => {
  for (const source of sources) await other.secretlint(source)
})
const theirs = sources.reduce((sum, source) => sum + other.eslint(source), 0)
console.log(`eslint-plugin-security: ${rate(lint)}; ${theirs} findings`)
console.log(`secretlint: ${rate(secrets)}`)
report({
  what: 'code scan, speed',
  ratio: (lint + secrets) / ours,
  to: 'eslint-plugin-security + secretlint',
  aim: `at least ${FASTER_AIM}.00`,
  met: (lint + secrets) / ours >= FASTER_AIM,
})
console.log(`${((lint + secrets) / ours).toFixed(1)} times as fast as the pair`)

const long = sources.map(({ text }) => text).join('\n')
const text = long.repeat(Math.ceil(10e6 / long.length))
const growth: number[] = []
for (const length of [1e6, 2e6, 5e6, 1e7]) {
  const start = process.cpuUsage()
  inspectFile({ path: 'a.js', text: text.slice(0, text.indexOf('\n', length)) })
  growth.push(milliseconds(start) / (length / 1e6))
}
console.log(`ms per MB at 1, 2, 5 and 10 MB in one file: ${growth.map((each) => each.toFixed(0)).join(', ')}`)
const ratio = (growth[3] ?? 0) / (growth[1] ?? 1)
report({
  what: 'code scan, growth to 10 MB',
  ratio,
  to: 'ms per MB at 2 MB',
  aim: `at most ${GROWTH_AIM}0`,
  met: ratio <= GROWTH_AIM,
})

interface Pair {
  readonly eslint: (source: Source) => number
  readonly secretlint: (source: Source) => Promise<number>
}

/** The peers with what a person gets who installs them. */
async function pair(): Promise<Pair> {
  const from = await peers()
  const { Linter } = from('eslint')
  const security = from('eslint-plugin-security')
  const unsanitized = from('eslint-plugin-no-unsanitized')
  const linter = new Linter()
  const config = [
    {
      files: ['**/*.js'],
      languageOptions: {
        ecmaVersion: 'latest',
        sourceType: 'module',
        parserOptions: { ecmaFeatures: { jsx: true } },
      },
      plugins: { security, 'no-unsanitized': unsanitized },
      rules: { ...security.configs.recommended.rules, ...unsanitized.configs.recommended.rules },
    },
  ]
  const { lintSource } = await import(pathToFileURL(from.resolve('@secretlint/core')).href)
  const { creator } = await import(
    pathToFileURL(from.resolve('@secretlint/secretlint-rule-preset-recommend')).href
  )
  const rules = {
    rules: [{ id: '@secretlint/secretlint-rule-preset-recommend', rule: creator, options: {} }],
  }
  return {
    eslint: ({ text: code }) => linter.verify(code, config, { filename: 'a.js' }).length,
    secretlint: async ({ text: content }) => {
      const { messages } = await lintSource({
        source: { filePath: 'a.js', content, contentType: 'text', ext: '.js' },
        options: { config: rules, noPhysicFilePath: true },
      })
      return messages.length
    },
  }
}

/** Milliseconds of the processor of the quickest of three rounds. */
async function quickest(action: () => Promise<void>): Promise<number> {
  let best = Number.POSITIVE_INFINITY
  for (let round = 0; round < 3; round++) {
    const start = process.cpuUsage()
    await action()
    best = Math.min(best, milliseconds(start))
  }
  return best
}

function milliseconds(start: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(start)
  return (user + system) / 1_000
}

function rate(spent: number): string {
  return `${(size / (spent / 1_000)).toFixed(1)} MB/s, ${(sources.length / (spent / 1_000)).toFixed(0)} files/s`
}

/** Files from all over the tree: every so many of them, until there is enough. */
function corpus(directory: string, bytes: number): Source[] {
  const paths = readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.[cm]?js$/.test(path) && leftOut(path.split('/').at(-1) ?? path) === undefined)
    .map((path) => join(directory, path))
    .filter((path) => statSync(path).isFile() && statSync(path).size < 400_000)
    .sort()
  const all = paths.reduce((sum, path) => sum + statSync(path).size, 0)
  const stride = Math.max(1, Math.floor(all / bytes))
  return paths
    .filter((_, index) => index % stride === 0)
    .map((path) => ({ path: path.split('/').at(-1) ?? path, text: readFileSync(path, 'utf8') }))
}
