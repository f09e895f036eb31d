import type { ScanAnswer, ScanQuestion } from '#contract/guards.ts'
import type { FileChange } from '#contract/patch.ts'
import type { ScanFinding } from '#contract/scan-report.ts'
import { extensionOf, languageNamed, sourceKind } from '#guards/code-scan/source-kind.ts'
import { couldNotScan } from '#guards/code-scan/suppression.ts'
import { scanVerdict } from '#guards/code-scan/verdict.ts'
import { utf8 } from '#kernel/bytes.ts'
import type { Failure } from '#kernel/failure.ts'
import { ok, type Result, refused } from '#kernel/result.ts'
import type { Actor } from '#policy/actor.ts'
import { fewAtATime } from './few-at-a-time.ts'
import { foundIn } from './found-in.ts'
import { type ScanContext, scanInSandbox } from './scan-in-sandbox.ts'

const AT_ONCE = 2
const MAY_WAIT = 20
const SECONDS = 30

/**
 * Scans single files for other programs. They may be anybody's, so they are read where those of a patch are: in a sandbox
 * without network. A few at a time, and of one person fewer.
 */
export function textScanner(
  workshop: ScanContext['workshop'],
): (actor: Actor, question: ScanQuestion) => Promise<Result<ScanAnswer>> {
  const inTurn = fewAtATime(AT_ONCE, MAY_WAIT, TOO_MANY)
  return async ({ person }, question) => {
    if (question.lang !== undefined && languageNamed(question.lang) === undefined)
      return refused(unknownLanguage(question.lang))
    return inTurn(() => scanText(workshop, question), person.id)
  }
}

async function scanText(
  workshop: ScanContext['workshop'],
  { path, text, lang }: ScanQuestion,
): Promise<Result<ScanAnswer>> {
  const context = { workshop, signal: new AbortController().signal }
  const file = {
    change: { ...ADDED, path: nameFor(path, lang) },
    before: undefined,
    after: utf8(text),
    tooLarge: false,
  }
  const patience = { until: workshop.stopwatch() + SECONDS * 1_000, secondsPerFile: SECONDS }
  const answers = await scanInSandbox(context, [file], patience)
  if (!answers.ok) return answers
  const [answer = 'broke_scanner'] = answers.value
  if (typeof answer === 'string') return ok(answerOf(couldNotScan(path, answer), 0))
  return ok(answerOf(foundIn(answer, path), answer.minor))
}

function answerOf(findings: readonly ScanFinding[], minor: number): ScanAnswer {
  const verdict = scanVerdict(findings, 'medium')
  return { ...verdict, findings: [...verdict.findings], minor }
}

/** A name that says the language which somebody says. */
function nameFor(path: string, lang: string | undefined): string {
  if (lang === undefined) return path
  const kind = sourceKind(path)
  return kind.kind === 'code' && kind.language === languageNamed(lang) ? path : `${path}.${extensionOf(lang)}`
}

const ADDED: Omit<FileChange, 'path'> = {
  kind: 'added',
  oldMode: '000000',
  newMode: '100644',
  binary: false,
  additions: 0,
  deletions: 0,
}

const TOO_MANY: Failure = {
  code: 'sandbox_unavailable',
  rule: 'guards.turn',
  message: 'Too many texts wait to be scanned.',
  remedy: 'Ask again in a moment, or scan them where they are: airlock scan.',
}

function unknownLanguage(lang: string): Failure {
  return {
    code: 'invalid_input',
    rule: 'guards.language',
    message: `The language ${lang} is not known.`,
    remedy: 'Name javascript, typescript, tsx, python, go, java, ruby or php, or leave it to the path.',
  }
}
