import type { FileChange } from '#contract/patch.ts'

/** Files whose change means that what setup installed may no longer fit. */
const MANIFESTS =
  /(^|\/)(package\.json|package-lock\.json|npm-shrinkwrap\.json|pnpm-lock\.yaml|pnpm-workspace\.yaml|yarn\.lock|\.npmrc|\.yarnrc(\.yml)?|pyproject\.toml|setup\.(py|cfg)|requirements[^/]*\.txt|poetry\.lock|uv\.lock|Pipfile(\.lock)?|go\.(mod|sum)|Cargo\.(toml|lock)|pom\.xml|build\.gradle(\.kts)?|Gemfile(\.lock)?|composer\.(json|lock))$/

/** True when the setup has to run again on base + patch. */
export function changesDependencies(files: readonly FileChange[]): boolean {
  return files.some(({ path, previousPath }) => MANIFESTS.test(path) || MANIFESTS.test(previousPath ?? ''))
}
