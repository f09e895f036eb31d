/**
 * How fast the text guards are, on sources, manifests and manuals as they lie in node_modules: the secret guard beside
 * secretlint with its recommended rules, both within one process and on the same texts, and how many of the leaks of
 * test/vectors each finds; then the time a kilobyte takes each guard, and how it grows to ten megabytes.
 *
 *     node bench/text-guards.ts [megabytes]
 */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { judgeInjection } from '#guards/injection/judge.ts'
import { findPersonalData } from '#guards/personal-data/find.ts'
import { findSecrets } from '#guards/secrets/find.ts'
import { secretVectors } from '../test/support/secret-vectors.ts'
import { peers } from './rig/peers.ts'
import { report } from './rig/table.ts'

interface Source {
  readonly path: string
  readonly text: string
}

const FASTER_AIM = 5
const GROWTH_AIM = 1.5
const megabytes = Number(process.argv[2] ?? 8)
const sources = corpus(resolve(import.meta.dirname, '../node_modules'), megabytes * 1e6)
const size = sources.reduce((sum, { text }) => sum + text.length, 0) / 1e6
console.log(`${sources.length} files, ${size.toFixed(1)} MB`)

const GUARDS: Readonly<Record<string, (text: string) => unknown>> = {
  secrets: (text) => findSecrets(text),
  injection: (text) => judgeInjection(text),
  'personal data': (text) => findPersonalData(text),
}
const long = sources
  .map(({ text }) => text)
  .join('\n')
  .repeat(Math.ceil(10 / size))
for (const [name, guard] of Object.entries(GUARDS)) {
  const all = await quickest(async () => sources.forEach(({ text }) => void guard(text)))
  const growth: number[] = []
  for (const length of [1e6, 2e6, 5e6, 1e7]) {
    const text = flat(long.slice(0, length))
    growth.push((await quickest(async () => void guard(text), 2)) / (length / 1e6))
  }
  console.log(
    `${name}: ${((all / size) * 1.024).toFixed(1)} µs/KB; ms per MB at 1, 2, 5 and 10 MB: ${growth.map((each) => each.toFixed(0)).join(', ')}`,
  )
  const ratio = (growth[3] ?? 0) / (growth[1] ?? 1)
  report({
    what: `${name}, growth to 10 MB`,
    ratio,
    to: 'ms per MB at 2 MB',
    aim: `at most ${GROWTH_AIM}0`,
    met: ratio <= GROWTH_AIM,
  })
}

const ours = rate(
  await quickest(async () => sources.forEach(({ path, text }) => void findSecrets(text, { path }))),
)
const lint = await secretlint()
const theirs = rate(
  await quickest(async () => {
    for (const source of sources) await lint(source)
  }),
)
const leaks = secretVectors('leaks')
const found = { ours: leaks.filter(({ text }) => findSecrets(text).length > 0).length, theirs: 0 }
for (const { text } of leaks) if ((await lint({ path: 'a.txt', text })) > 0) found.theirs += 1
console.log(`secrets: ${ours.toFixed(1)} MB/s; secretlint: ${theirs.toFixed(1)} MB/s`)
console.log(`of ${leaks.length} leaks: ${found.ours} found; by secretlint: ${found.theirs}`)
report({
  what: 'secrets, speed',
  ratio: ours / theirs,
  to: 'secretlint',
  aim: `at least ${FASTER_AIM}.00`,
  met: ours / theirs >= FASTER_AIM,
})
report({
  what: 'secrets, leaks found',
  ratio: found.ours / found.theirs,
  to: 'secretlint',
  aim: 'more than 1.00',
  met: found.ours > found.theirs,
})

/** A text in one piece, as a file is read: joining the parts is not the guard's time. */
function flat(text: string): string {
  return Buffer.from(text).toString()
}

/** Milliseconds of processor of the quickest round: on a shared machine the clock measures who else was running. */
async function quickest(action: () => Promise<void>, rounds = 5): Promise<number> {
  let best = Number.POSITIVE_INFINITY
  for (let round = 0; round < rounds; round += 1) {
    const start = process.cpuUsage()
    await action()
    best = Math.min(best, spentSince(start))
  }
  return best
}

function spentSince(start: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(start)
  return (user + system) / 1_000
}

function rate(milliseconds: number): number {
  return size / (milliseconds / 1_000)
}

function corpus(root: string, bytes: number): Source[] {
  const found: Source[] = []
  let left = bytes
  const walk = (directory: string) => {
    for (const entry of readdirSync(directory, { withFileTypes: true })) {
      const path = join(directory, entry.name)
      if (left <= 0) return
      if (entry.isDirectory() && !entry.name.startsWith('.')) walk(path)
      if (
        !entry.isFile() ||
        !/\.(?:[cm]?[jt]s|json|md|ya?ml)$/.test(entry.name) ||
        statSync(path).size > 200_000
      )
        continue
      const text = readFileSync(path, 'utf8')
      left -= text.length
      found.push({ path, text })
    }
  }
  walk(root)
  return found
}

/** How many messages secretlint has about a text, with its recommended rules. */
async function secretlint(): Promise<(source: Source) => Promise<number>> {
  const installed = await peers()
  const load = (name: string) => import(pathToFileURL(installed.resolve(name)).href)
  const [core, preset] = await Promise.all([
    load('@secretlint/core'),
    load('@secretlint/secretlint-rule-preset-recommend'),
  ])
  const config = { rules: [{ id: '@secretlint/secretlint-rule-preset-recommend', rule: preset.creator }] }
  return async ({ path, text }) => {
    const source = { filePath: path, content: text, contentType: 'text', ext: '.txt' }
    const { messages } = await core.lintSource({ source, options: { config, noPhysicFilePath: true } })
    return messages.length
  }
}
