import { constants, copyFile, cp, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { ADDED_GRAMMARS, grammarPackage } from '#guards/code-scan/added-grammars.ts'
import { digestOf } from '#kernel/bytes.ts'
import { canonicalJson } from '#kernel/canonical-json.ts'
import type { ReadOnlyMount } from './driver.ts'
import { type PackageDirectory, packageClosure } from './package-closure.ts'
import { stageOnce } from './stage.ts'

/** What sandboxes see of Airlock itself, read-only: a Node, and the programs that run inside. */
export interface GuestRuntime {
  readonly mounts: readonly ReadOnlyMount[]
  /** The Node binary, as seen inside. */
  readonly node: '/opt/airlock/node/bin/node'
  /** The package root of the programs inside: `${guest}/src/sandbox/guest/with-relay.ts`. */
  readonly guest: '/opt/airlock/guest'
  /** For with-relay.ts, which keeps it from what it runs. */
  readonly environment: Readonly<Record<string, string>>
}

export interface GuestRuntimeOptions {
  /** The package root of this Airlock: where package.json, src/ and node_modules/ are. */
  readonly root: string
  readonly runtimeDirectory: string
  /** The Node binary to show: the one that runs the server. */
  readonly node: string
}

/** The rooms that run inside. Nothing that decides, stores or holds a credential is among them. */
const SOURCES = ['src/kernel', 'src/contract', 'src/policy', 'src/guards', 'src/agents', 'src/sandbox/guest']

const PACKAGES = [
  'ai',
  '@agentclientprotocol/sdk',
  '@ai-sdk/anthropic',
  '@ai-sdk/google',
  '@ai-sdk/openai',
  '@ai-sdk/openai-compatible',
  '@ast-grep/napi',
  ...ADDED_GRAMMARS.map(grammarPackage),
  'tar-stream',
  'unbash',
  'picomatch',
  'zod',
  'canonicalize',
  'yaml',
  'undici',
]

/**
 * Copies all of that to the runtime directory, under names made from the content, unless it is there already: the
 * account of the sandboxes need not be able to read the checkout, and cannot change what the next sandbox will run.
 */
export async function stageGuestRuntime(options: GuestRuntimeOptions): Promise<GuestRuntime> {
  const [node, guest] = await Promise.all([stageNode(options), stageGuest(options)])
  return {
    mounts: [
      { source: node, target: '/opt/airlock/node' },
      { source: guest, target: '/opt/airlock/guest' },
    ],
    node: '/opt/airlock/node/bin/node',
    guest: '/opt/airlock/guest',
    environment: {},
  }
}

async function stageNode({ runtimeDirectory, node }: GuestRuntimeOptions): Promise<string> {
  const { size, mtimeMs } = await stat(node)
  const name = `node-${shortDigest(canonicalJson([node, size, mtimeMs]))}`
  return stageOnce(runtimeDirectory, name, async (draft) => {
    await mkdir(join(draft, 'bin'))
    await copyFile(node, join(draft, 'bin', 'node'), constants.COPYFILE_FICLONE)
  })
}

async function stageGuest({ root, runtimeDirectory }: GuestRuntimeOptions): Promise<string> {
  const [sources, packages, manifest] = await Promise.all([
    readSources(root),
    packageClosure(root, PACKAGES),
    guestManifest(root),
  ])
  const content = [manifest, [...sources], packages.map(({ path, version }) => [path, version])]
  const name = `guest-${shortDigest(JSON.stringify(content))}`
  return stageOnce(runtimeDirectory, name, async (draft) => {
    await writeFile(join(draft, 'package.json'), manifest)
    for (const [path, text] of sources) await write(join(draft, path), text)
    for (const { path } of packages) await copyPackage(root, path, draft)
  })
}

/** Path and text of every source file that runs inside. */
async function readSources(root: string): Promise<ReadonlyMap<string, string>> {
  const lists = await Promise.all(SOURCES.map((folder) => filesBelow(root, folder)))
  const paths = lists.flat().sort()
  const texts = await Promise.all(paths.map((path) => readFile(join(root, path), 'utf8')))
  return new Map(paths.map((path, index) => [path, texts[index] ?? '']))
}

async function filesBelow(root: string, folder: string): Promise<string[]> {
  const entries = await readdir(join(root, folder), { withFileTypes: true, recursive: true }).catch(() => [])
  return entries
    .filter((entry) => entry.isFile() && /\.(ts|json|yaml)$|^\.gitignore$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
}

/** Only what module resolution needs: `#kernel/…` and the kind of the modules. */
async function guestManifest(root: string): Promise<string> {
  const { imports } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'))
  return `${JSON.stringify({ name: 'airlock-guest', private: true, type: 'module', imports }, null, 2)}\n`
}

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, text)
}

/** Without the packages nested in it (they are listed themselves) and without what no program reads. */
async function copyPackage(root: string, path: PackageDirectory['path'], draft: string): Promise<void> {
  const source = join(root, path)
  await mkdir(join(draft, path), { recursive: true })
  await cp(source, join(draft, path), {
    recursive: true,
    verbatimSymlinks: true,
    filter: (from) => !UNREAD.test(from.slice(source.length)),
  })
}

const UNREAD =
  /\/node_modules(\/|$)|\.(map|md|d\.ts|d\.mts|d\.cts|[ch])$|^\/docs?(\/|$)|^\/prebuilds\/prebuild-(macOS|Windows)-/

function shortDigest(text: string): string {
  return digestOf(text).slice('sha256:'.length, 'sha256:'.length + 24)
}
