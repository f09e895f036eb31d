import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { expect, test } from 'vitest'

const ROOT = resolve(import.meta.dirname, '..')
const NOT_OURS = ['node_modules', 'vectors']

const documents = markdownBelow(ROOT)

test('every relative link leads to a file', () => {
  const links = documents.flatMap((path) =>
    linksIn(read(path)).map((target) => ({
      from: relative(ROOT, path),
      target,
      there: existsSync(resolve(dirname(path), decodeURIComponent(target))),
    })),
  )
  expect(links.length).toBeGreaterThan(50)
  expect(links.filter(({ there }) => !there)).toEqual([])
})

test('every anchor leads to a heading', () => {
  const wrong = documents.flatMap((path) =>
    [...prose(read(path)).matchAll(/\]\(([^)#\s]*)#([^)\s]+)\)/g)]
      .filter(([, target = '']) => !isAddress(target))
      .filter(([, target = '', anchor = '']) => {
        const file = target === '' ? path : resolve(dirname(path), target)
        return file.endsWith('.md') && !(existsSync(file) && anchorsOf(read(file)).includes(anchor))
      })
      .map(([link]) => `${relative(ROOT, path)}: ${link}`),
  )
  expect(wrong).toEqual([])
})

test('every test that the threat model names exists, with that title', () => {
  const text = read(join(ROOT, 'THREAT_MODEL.md')).replaceAll(/\s+/g, ' ')
  const proofs = [...text.matchAll(/`(test\/[^`]+)`: "([^"]+)"/g)].map(([, file = '', title = '']) => ({
    file,
    title,
  }))
  expect(proofs.length).toBeGreaterThan(40)
  expect(proofs.filter(({ file, title }) => !hasTitle(file, title))).toEqual([])
})

test('every threat says what proves it, or that nothing does yet', () => {
  const threats = read(join(ROOT, 'THREAT_MODEL.md')).split(/^### /m).slice(1)
  expect(threats.length).toBeGreaterThanOrEqual(12)
  expect(threats.filter((threat) => !/^Proof:$|Not yet/m.test(threat))).toEqual([])
})

test('every dependency stands in decision 0003 with its reason', () => {
  const { dependencies, devDependencies } = JSON.parse(read(join(ROOT, 'package.json')))
  const rows = read(join(ROOT, 'docs/decisions/0003-dependencies.md')).matchAll(
    /^\| `([^`]+)` \| (\S.*) \|$/gm,
  )
  const explained = [...rows].map(([, name]) => name)
  expect(explained.sort()).toEqual([...Object.keys(dependencies), ...Object.keys(devDependencies)].sort())
})

test('the folder table of ARCHITECTURE.md is the rank table of the architecture test', () => {
  const rows = read(join(ROOT, 'ARCHITECTURE.md')).matchAll(/^\| (\d+) \| `([a-z.]+)\/?` \| \S/gm)
  const drawn = Object.fromEntries([...rows].map(([, rank, folder = '']) => [folder, Number(rank)]))
  const [, table = ''] =
    /const RANKS[^{]*\{([^}]+)\}/.exec(read(join(ROOT, 'test/architecture.test.ts'))) ?? []
  const enforced = Object.fromEntries(
    [...table.matchAll(/^ {2}'?([a-z.]+)'?: (\d+),$/gm)].map(([, folder = '', rank]) => [
      folder,
      Number(rank),
    ]),
  )
  expect(drawn).toEqual(enforced)
  expect(readdirSync(join(ROOT, 'src')).filter((folder) => !(folder in drawn))).toEqual([])
})

test('every word of the glossary names a place that exists', () => {
  const rows = [...read(join(ROOT, 'GLOSSARY.md')).matchAll(/^\| \*\*.+\*\* \| .+ \| (.+) \|$/gm)]
  const places = rows.flatMap(([, where = '']) => [...where.matchAll(/`([^`]+)`/g)].map(([, path]) => path))
  expect(places.length).toBeGreaterThan(50)
  expect(places.filter((path = '') => !existsSync(join(ROOT, 'src', path)))).toEqual([])
})

test('the decisions are listed, in order and without gaps', () => {
  const files = readdirSync(join(ROOT, 'docs/decisions')).filter((name) => name !== 'README.md')
  const listed = [
    ...read(join(ROOT, 'docs/decisions/README.md')).matchAll(/^\| \[(\d{4})\]\(([^)]+)\)/gm),
  ].map(([, , file]) => file)
  expect(listed).toEqual(files.sort())
  expect(files.map((name) => Number(name.slice(0, 4)))).toEqual(files.map((_, index) => index + 1))
})

function markdownBelow(directory: string): string[] {
  return readdirSync(directory, { withFileTypes: true })
    .filter(({ name }) => !name.startsWith('.') && !NOT_OURS.includes(name))
    .flatMap((entry) => {
      const path = join(directory, entry.name)
      if (entry.isDirectory()) return markdownBelow(path)
      return entry.isFile() && entry.name.endsWith('.md') ? [path] : []
    })
}

function read(path: string): string {
  return readFileSync(path, 'utf8')
}

/** Without code, where brackets are no links. */
function prose(text: string): string {
  return text.replaceAll(/^```[\s\S]*?^```/gm, '').replaceAll(/`[^`\n]*`/g, '')
}

function linksIn(text: string): string[] {
  return [...prose(text).matchAll(/\]\(([^)#\s]+)(?:#[^)\s]*)?\)/g)]
    .map(([, target = '']) => target)
    .filter((target) => !isAddress(target))
}

function isAddress(target: string): boolean {
  return /^[a-z]+:/.test(target)
}

/** As the forges make them: small letters, no punctuation, hyphens for spaces. */
function anchorsOf(text: string): string[] {
  return [...text.matchAll(/^#{1,6} (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  )
}

function hasTitle(file: string, title: string): boolean {
  if (!existsSync(join(ROOT, file))) return false
  const source = read(join(ROOT, file))
  return ["'", '"', '`'].some((quote) => source.includes(`${quote}${title}${quote}`))
}
