import type { TamperFinding } from '#contract/gate-report.ts'
import { type ChangedFile, linesOnlyIn, tampering } from './changed-file.ts'

const CODE =
  /\.(?:[cm]?[jt]sx?|vue|svelte|py|pyi|go|rs|rb|java|kt|php|cs|c|cc|cpp|h|css|scss|swift|scala|sh|bash|tf|ya?ml|sol|dart|lua|ex|exs)$|(?:^|\/)Dockerfile/
const SUPPRESSION =
  /(?:\/\/|\/\*|<!--|\*|#)\s*(eslint-disable|biome-ignore|@ts-ignore|@ts-expect-error|@ts-nocheck|tslint:disable|prettier-ignore|istanbul ignore|c8 ignore|v8 ignore|stylelint-disable|noqa\b|type:\s*ignore|pyright:\s*ignore|mypy:\s*ignore-errors|pylint:\s*disable|ruff:\s*noqa|pragma:\s*no cover|nosec\b|nolint\b|NOLINT\b|rubocop:disable|phpcs:ignore|noinspection|nosemgrep|gitleaks:allow|trufflehog:ignore|pragma:\s*allowlist|lgtm\b|codeql\[|NOSONAR|checkov:skip|tfsec:ignore|trivy:ignore|hadolint\s+ignore|shellcheck\s+disable|deno-lint-ignore|oxlint-disable|@phpstan-ignore|@psalm-suppress|swiftlint:disable|ktlint-disable|detekt\b|secretlint-disable|safety-ignore|kics-scan)|^(#!?\[allow\()|^(@Suppress(?:Warnings|FBWarnings|Lint)?\b)/

/** Comments that keep a checker quiet, as many as the patch adds: one that only moves or stays on an edited line is no news. */
export function suppressions({ change, before, after }: ChangedFile): TamperFinding[] {
  const suppressionIn = CODE.test(change.path) ? anySuppression : ownSuppression
  const kept = new Map<string, number>()
  for (const { text } of linesOnlyIn(before, after)) {
    const name = suppressionIn(text)
    if (name !== undefined) kept.set(name, (kept.get(name) ?? 0) + 1)
  }
  return linesOnlyIn(after, before).flatMap(({ text, line }) => {
    const name = suppressionIn(text)
    if (name === undefined) return []
    const left = kept.get(name) ?? 0
    kept.set(name, left - 1)
    if (left > 0) return []
    const message = `A checker is silenced with ${name}: ${text.slice(0, 120)}`
    return [tampering('suppression-added', change.path, message, line)]
  })
}

function anySuppression(text: string): string | undefined {
  const named = SUPPRESSION.exec(text)
    ?.slice(1)
    .find((group) => group !== undefined)
  return named ?? ownSuppression(text)
}

/** Airlock's own scan reads every text, and takes the words wherever they stand. */
function ownSuppression(text: string): string | undefined {
  return text.includes('airlock-ignore:') ? 'airlock-ignore' : undefined
}
