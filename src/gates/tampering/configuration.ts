import type { TamperFinding } from '#contract/gate-report.ts'
import { type ChangedFile, tampering } from './changed-file.ts'

interface Kind {
  readonly rule: string
  readonly what: string
  readonly paths: RegExp
}

const KINDS: readonly Kind[] = [
  { rule: 'airlock-configuration', what: "Airlock's own configuration", paths: /^airlock\.yaml$/ },
  {
    rule: 'ci',
    what: 'The configuration of continuous integration',
    paths:
      /^\.github\/(?:workflows|actions)\/|^\.gitlab-ci\.yml$|^\.gitlab\/|^\.circleci\/|(?:^|\/)Jenkinsfile$|(?:^|\/)azure-pipelines\.ya?ml$|^\.travis\.yml$|^\.buildkite\/|^bitbucket-pipelines\.yml$|^\.drone\.yml$|^\.woodpecker/,
  },
  {
    rule: 'review-rule',
    what: 'A rule about reviews, hooks or attributes',
    paths:
      /(?:^|\/)CODEOWNERS$|^\.husky\/|^\.pre-commit-config\.yaml$|^lefthook\.ya?ml$|(?:^|\/)\.gitattributes$|(?:^|\/)\.lintstagedrc|^renovate\.json|^\.github\/dependabot\.yml$/,
  },
  {
    rule: 'agent-instructions',
    what: 'A file that tells coding agents what to do',
    paths:
      /(?:^|\/)(?:AGENTS|CLAUDE(?:\.local)?|GEMINI|QWEN|COPILOT|CRUSH|WARP)\.md$|(?:^|\/)\.(?:cursorrules|windsurfrules|clinerules|goosehints|rules|aider\.conf\.yml|mcp\.json)$|(?:^|\/)\.(?:claude|codex|gemini|cursor|opencode|roo|kilocode|continue|windsurf|clinerules|junie|kiro|amazonq|augment)\/|^\.github\/(?:copilot-instructions\.md$|instructions\/|prompts\/|agents\/|chatmodes\/)|(?:^|\/)opencode\.jsonc?$/,
  },
  {
    rule: 'policy',
    what: 'What a policy or a scanner looks for',
    paths:
      /\.(?:cedar|rego|cedarschema)$|^policies\/|(?:^|\/)(?:\.semgrep(?:ignore)?(?:\.ya?ml)?|sgconfig\.ya?ml|\.?gitleaks\.toml|\.gitleaksignore|\.secretlint(?:rc[^/]*|ignore)|\.secrets\.baseline|\.trivyignore(?:\.ya?ml)?|trivy\.ya?ml|\.snyk|\.checkov\.ya?ml|\.bandit|osv-scanner\.toml|\.grype\.ya?ml|\.hadolint\.ya?ml|\.tflint\.hcl|\.tfsec(?:\/[^/]*)?|audit-ci\.json[c5]?|\.nsprc|deny\.toml|codeql-config\.ya?ml)$|(?:^|\/)\.semgrep\//,
  },
  {
    rule: 'workspace-automation',
    what: 'What runs by itself when the repository is opened or cloned',
    paths:
      /^\.devcontainer\/|(?:^|\/)\.devcontainer\.json$|(?:^|\/)\.vscode\/(?:tasks|launch|settings|extensions)\.json$|(?:^|\/)\.idea\/(?:runConfigurations|watcherTasks)|(?:^|\/)\.envrc$|(?:^|\/)\.gitmodules$|^\.githooks\/|(?:^|\/)\.mise\.toml$|(?:^|\/)\.tool-versions$/,
  },
  {
    rule: 'gate-configuration',
    what: 'The configuration of a check',
    paths:
      /(?:^|\/)(?:tsconfig[^/]*\.json|jsconfig\.json|\.?eslint(?:rc|ignore|\.config)[^/]*|biome\.jsonc?|\.prettier(?:rc|ignore)[^/]*|vitest\.(?:config|workspace)[^/]*|vite\.config\.[^/]*|jest\.(?:config|setup|preset)[^/]*|\.mocharc[^/]*|\.nycrc[^/]*|\.c8rc[^/]*|codecov\.ya?ml|playwright\.config[^/]*|cypress\.config[^/]*|babel\.config[^/]*|pytest\.ini|conftest\.py|tox\.ini|noxfile\.py|\.?ruff\.toml|\.?mypy\.ini|\.flake8|\.pylintrc|\.coveragerc|pyrightconfig\.json|\.golangci\.[^/]*|\.?clippy\.toml|\.?rustfmt\.toml|rust-toolchain(?:\.toml)?|\.cargo\/config(?:\.toml)?|build\.rs|GNUmakefile|[Mm]akefile|\.npmrc|\.yarnrc(?:\.yml)?|\.pnpmfile\.cjs|\.rubocop\.yml|sonar-project\.properties)$/,
  },
]

const SECTIONS: Readonly<Record<string, RegExp>> = {
  'pyproject.toml':
    /^\[(?:tool\.(?:pytest|ruff|mypy|coverage|pylint|flake8|black|isort|pyright|tox|nox|hatch|poe)\b[^\]]*|build-system)\]/,
  'setup.cfg': /^\[(?:tool:pytest|mypy[^\]]*|flake8|coverage:[^\]]*|pylint[^\]]*|isort)\]/,
  'Cargo.toml': /^\[(?:workspace\.)?(?:lints|profile)\b[^\]]*\]/,
}

/** Changes to what decides how a change is checked. Files that hold other things too count only where they decide it. */
export function configurationChanges({ change, before, after }: ChangedFile): TamperFinding[] {
  return [...new Set([change.previousPath ?? change.path, change.path])].flatMap((path) => {
    const kind = KINDS.find(({ paths }) => paths.test(path))
    if (kind !== undefined) return [tampering(kind.rule, path, `${kind.what} is ${done(change.kind)}.`)]
    const header = SECTIONS[path.split('/').at(-1) ?? '']
    if (header === undefined || path !== change.path) return []
    const changed = changedSection(before, after, header)
    return changed === undefined
      ? []
      : [
          tampering(
            'gate-configuration',
            path,
            `The section ${changed}, which configures a check, is changed.`,
          ),
        ]
  })
}

function done(kind: ChangedFile['change']['kind']): string {
  return kind === 'added' || kind === 'deleted' || kind === 'renamed' ? kind : 'changed'
}

function changedSection(
  before: string | undefined,
  after: string | undefined,
  header: RegExp,
): string | undefined {
  const [was, is] = [sections(before, header), sections(after, header)]
  return [...new Set([...was.keys(), ...is.keys()])].find((name) => was.get(name) !== is.get(name))
}

function sections(text: string | undefined, header: RegExp): Map<string, string> {
  const found = new Map<string, string>()
  let name: string | undefined
  for (const line of (text ?? '').split('\n').map((raw) => raw.trim())) {
    if (/^\[\[?[\w"-]/.test(line) && line.endsWith(']')) name = header.test(line) ? line : undefined
    else if (name !== undefined && line !== '' && !line.startsWith('#'))
      found.set(name, `${found.get(name) ?? ''}${line}\n`)
  }
  return found
}
