import type { Manifest, Sources } from './detected.ts'

interface Install {
  readonly setup: readonly string[]
  readonly why: readonly string[]
}

const DEPENDENCY_LISTS = ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies']

/** How the dependencies of a package.json are installed; nothing when it has none. */
export async function nodeInstall(manifest: Manifest, { paths, read }: Sources): Promise<Install> {
  const needed =
    DEPENDENCY_LISTS.some((list) => Object.keys(Object(manifest[list])).length > 0) ||
    manifest.workspaces !== undefined
  if (!needed && !paths.has('pnpm-workspace.yaml'))
    return { setup: [], why: ['package.json has no dependencies'] }

  if (paths.has('pnpm-lock.yaml')) {
    const run = `npx --yes pnpm@${versionOf(manifest, 'pnpm') ?? 'latest'} install --frozen-lockfile`
    return { setup: [run], why: ['pnpm-lock.yaml'] }
  }
  if (paths.has('yarn.lock')) {
    const modern = (await read('yarn.lock'))?.includes('\n__metadata:') === true
    const version = versionOf(manifest, 'yarn')
    const run = modern
      ? `npx --yes @yarnpkg/cli-dist@${version ?? 'latest'} install --immutable`
      : `npx --yes yarn@${version ?? '1'} install --frozen-lockfile`
    return { setup: [run], why: [`yarn.lock of ${modern ? 'yarn 2 or later' : 'yarn 1'}`] }
  }
  if (paths.has('package-lock.json') || paths.has('npm-shrinkwrap.json'))
    return { setup: ['npm ci --no-audit --no-fund'], why: ['package-lock.json'] }
  return {
    setup: ['npm install --no-audit --no-fund --no-package-lock'],
    why: ['package.json without a lockfile'],
  }
}

/** The version `packageManager` pins, such as `pnpm@9.1.0+sha512…`. It enters a command, so nothing but a version will do. */
function versionOf(manifest: Manifest, manager: string): string | undefined {
  const pinned = typeof manifest.packageManager === 'string' ? manifest.packageManager : ''
  const [name, version = ''] = pinned.split('+')[0]?.split('@') ?? []
  return name === manager && /^\d{1,5}\.\d{1,5}\.\d{1,5}(?:-[0-9a-z.]{1,30})?$/.test(version)
    ? version
    : undefined
}
