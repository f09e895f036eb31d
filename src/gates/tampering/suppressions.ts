import type { TamperFinding } from '#contract/gate-report.ts'
import { type ChangedFile, linesOnlyIn, tampering } from './changed-file.ts'

const CODE = /\.(?:[cm]?[jt]sx?|vue|svelte|py|pyi|go|rs|rb|java|kt|php|cs|c|cc|cpp|h|css|scss)$/
const SUPPRESSION =
  /(?:\/\/|\/\*|<!--|\*|#)\s*(eslint-disable|biome-ignore|@ts-ignore|@ts-expect-error|@ts-nocheck|tslint:disable|prettier-ignore|istanbul ignore|c8 ignore|v8 ignore|stylelint-disable|noqa\b|type:\s*ignore|pyright:\s*ignore|mypy:\s*ignore-errors|pylint:\s*disable|ruff:\s*noqa|pragma:\s*no cover|nosec\b|nolint\b|NOLINT\b|rubocop:disable|phpcs:ignore|noinspection)|^(#!?\[allow\()|^(@SuppressWarnings\b)/

/** Comments that keep a checker quiet, where the patch adds them. */
export function suppressions({ change, before, after }: ChangedFile): TamperFinding[] {
  if (!CODE.test(change.path)) return []
  return linesOnlyIn(after, before).flatMap(({ text, line }) => {
    const match = SUPPRESSION.exec(text)
    if (match === null || before?.includes(text) === true) return []
    const name = match.slice(1).find((group) => group !== undefined) ?? ''
    return [
      tampering(
        'suppression-added',
        change.path,
        `A checker is silenced with ${name}: ${text.slice(0, 120)}`,
        line,
      ),
    ]
  })
}
