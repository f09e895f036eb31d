import type { Detected, Manifest, Sources } from './detected.ts'
import { nodeInstall } from './node-install.ts'

const GATES: readonly { readonly name: string; readonly scripts: readonly string[] }[] = [
  { name: 'lint', scripts: ['lint'] },
  { name: 'typecheck', scripts: ['typecheck', 'type-check', 'check-types', 'check:types', 'types'] },
  { name: 'build', scripts: ['build'] },
  { name: 'test', scripts: ['test'] },
]

/**
 * npm, pnpm and yarn projects. Install scripts of dependencies are allowed to run: native modules need them, and they
 * run in the sandbox, before the agent, with no network but the registry.
 */
export async function detectNode({ paths, read }: Sources): Promise<Detected | undefined> {
  const manifest = paths.has('package.json') ? parseManifest(await read('package.json')) : undefined
  if (manifest === undefined) return undefined
  const install = await nodeInstall(manifest, { paths, read })
  const gates = [...scriptGates(manifest), ...compilerGate(manifest, paths)]
  return {
    ecosystem: 'node',
    setup: install.setup,
    egress: install.setup.length > 0 ? ['npm'] : [],
    gates: gates.map(({ name, run }) => ({ name, run })),
    why: [...install.why, ...gates.map((gate) => gate.why)],
  }
}

function parseManifest(text: string | undefined): Manifest | undefined {
  try {
    const value: unknown = JSON.parse(text ?? '')
    return isRecord(value) ? value : undefined
  } catch {
    return undefined
  }
}

interface ScriptGate {
  readonly name: string
  readonly run: string
  readonly why: string
}

/** `npm run` serves every package manager: it only runs the script, and the others are not on the gate's path. */
function scriptGates(manifest: Manifest): ScriptGate[] {
  const scripts = isRecord(manifest.scripts) ? manifest.scripts : {}
  return GATES.flatMap(({ name, scripts: candidates }) => {
    const script = candidates.find((candidate) => isRunnable(scripts[candidate]))
    if (script === undefined) return []
    return [{ name, run: `npm run ${script}`, why: `package.json has the script "${script}"` }]
  })
}

/** A placeholder says nothing, and a script that watches never ends. */
function isRunnable(script: unknown): boolean {
  return (
    typeof script === 'string' &&
    script.trim() !== '' &&
    !script.includes('no test specified') &&
    !/(?:^|\s)--watch(?:All)?(?:\s|$)/.test(script)
  )
}

function compilerGate(manifest: Manifest, paths: ReadonlySet<string>): ScriptGate[] {
  const typed = paths.has('tsconfig.json') && dependsOn(manifest, 'typescript')
  if (!typed || scriptGates(manifest).some((gate) => gate.name === 'typecheck')) return []
  return [
    {
      name: 'typecheck',
      run: 'npx --no-install tsc --noEmit',
      why: 'tsconfig.json and a dependency on typescript',
    },
  ]
}

function dependsOn(manifest: Manifest, name: string): boolean {
  return [manifest.dependencies, manifest.devDependencies].some(
    (list) => isRecord(list) && Object.hasOwn(list, name),
  )
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
