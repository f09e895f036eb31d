import type { TamperFinding } from '#contract/gate-report.ts'
import { type ScanFinding, type ScanReport, TOO_MANY_FINDINGS } from '#contract/scan-report.ts'
import type { TrustedRepository } from '#forge/repository.ts'
import { fingerprinted } from '#guards/code-scan/finding.ts'
import { sourceKind } from '#guards/code-scan/source-kind.ts'
import { couldNotScan, type NotScanned, plainFinding } from '#guards/code-scan/suppression.ts'
import { digestOf } from '#kernel/bytes.ts'
import { ok, type Result } from '#kernel/result.ts'
import { type ChangedContent, changedContents, type ExaminedPatch } from './changed-contents.ts'
import { foundIn } from './found-in.ts'
import { looserTests } from './looser-tests.ts'
import type { ScanAnswer } from './scan-answer.ts'
import { type ScanContext, type ScannedContent, scanInSandbox } from './scan-in-sandbox.ts'

const MOST_FINDINGS = 200
const MOST_UNREAD = 100
/** For all files of a patch together. */
const SECONDS = 600
/** The worst that the two sides of a file can be made into takes half of it. */
const SECONDS_PER_FILE = 60

/**
 * What a patch brings in that somebody could use: findings that the base did not have. What it does to tests counts as well; a program that
 * nobody can look at counts, and is not passed; what is no program and too large to look at is named.
 */
export async function scanOf(
  context: ScanContext,
  repository: TrustedRepository,
  patch: ExaminedPatch,
  tampering: readonly TamperFinding[],
): Promise<Result<ScanReport>> {
  const patience = {
    until: context.workshop.stopwatch() + SECONDS * 1_000,
    secondsPerFile: SECONDS_PER_FILE,
  }
  const made = new Report(looserTests(tampering))
  for await (const some of changedContents(repository, patch)) {
    for (const file of some) made.addUnseen(file)
    const files = some.filter(isThere)
    if (files.length === 0) continue
    const answers = await scanInSandbox(context, files, patience)
    if (!answers.ok) return answers
    for (const [index, { change }] of files.entries())
      made.add(change, answers.value[index] ?? 'broke_scanner')
  }
  return ok(made.report())
}

function isThere(file: ChangedContent): file is ScannedContent {
  return file.after !== undefined
}

const LINK = '120000'

class Report {
  readonly #findings: ScanFinding[] = []
  readonly #unread: string[] = []
  readonly #known = new Set<string>()
  #files = 0
  #more = 0
  #minor = 0
  #preExisting = 0

  constructor(findings: readonly ScanFinding[]) {
    this.#tell(findings)
  }

  /** What is not looked into at all. */
  addUnseen({ change: { path, pathBytes, newMode }, tooLarge }: ChangedContent): void {
    const isProgram = sourceKind(path).kind !== 'other'
    const isLink = newMode === LINK
    if (isProgram && (tooLarge || isLink))
      this.#tell(couldNotScan(path, isLink ? 'link' : 'too_large'), pathBytes)
    else if (tooLarge) this.#unread.push(path)
  }

  add({ path, pathBytes }: ChangedContent['change'], answer: ScanAnswer | NotScanned): void {
    this.#files++
    if (typeof answer === 'string') {
      this.#tell(couldNotScan(path, answer), pathBytes)
      return
    }
    this.#tell(foundIn(answer, path), pathBytes)
    this.#more += answer.more
    this.#minor += answer.minor
    this.#preExisting += answer.standing
  }

  /**
   * One fingerprint names one finding: a person justifies no other along with it. Names that are no text may look alike; whatever else
   * looks alike, only a sandbox that was taken over says.
   */
  #tell(findings: readonly ScanFinding[], pathBytes = ''): void {
    for (const finding of findings) {
      const said = pathBytes === '' ? finding.fingerprint : digestOf(`${finding.fingerprint} ${pathBytes}`)
      let fingerprint = said
      for (let turn = 1; this.#known.has(fingerprint); turn++) fingerprint = digestOf(`${said} ${turn}`)
      this.#known.add(fingerprint)
      if (this.#findings.length < MOST_FINDINGS) this.#findings.push({ ...finding, fingerprint })
      else this.#more++
    }
  }

  report(): ScanReport {
    return {
      files: this.#files,
      findings: [...this.#findings, ...this.#tooMany()],
      minor: this.#minor,
      preExisting: this.#preExisting,
      ...(this.#unread.length === 0 ? {} : { unread: this.#unread.slice(0, MOST_UNREAD) }),
    }
  }

  /** More than anybody reads is told as one finding more, which nobody can justify by reading it. */
  #tooMany(): ScanFinding[] {
    if (this.#more === 0) return []
    return fingerprinted([
      plainFinding(this.#findings.at(-1)?.path ?? '', 1, '', {
        rule: TOO_MANY_FINDINGS,
        class: 'could-not-scan',
        severity: 'high',
        message: `There are ${this.#more} findings more than are listed.`,
        fix: 'Mend those that are listed, or split the change.',
      }),
    ])
  }
}
