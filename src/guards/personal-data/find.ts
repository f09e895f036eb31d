import { emailsIn } from './email.ts'
import type { PersonalConfidence, PersonalFinding, PersonalKind, PersonalRule } from './finding.ts'
import { phonesIn } from './phone.ts'
import { PERSONAL_RULES } from './rules.ts'
import { wordsBefore } from './words-before.ts'

export interface PersonalOptions {
  /** The least confidence that is told; medium if not said. */
  readonly confidence?: PersonalConfidence
  readonly kinds?: readonly PersonalKind[]
  /** Rules that are not asked. */
  readonly except?: readonly string[]
}

const ORDER: Readonly<Record<PersonalConfidence, number>> = { high: 2, medium: 1, low: 0 }
const CHUNK = 65_536
const CONTEXT = 70

/** Personal data in a text, in the order of their places; of two at one place the surer stands. Linear in the text. */
export function findPersonalData(text: string, options: PersonalOptions = {}): PersonalFinding[] {
  const least = ORDER[options.confidence ?? 'medium']
  const wanted = (kind: PersonalKind) => options.kinds?.includes(kind) ?? true
  const isAsked = ({ rule }: { rule: string }) => options.except?.includes(rule) !== true
  const rules = PERSONAL_RULES.filter(isAsked)
  const found: Omit<PersonalFinding, 'line'>[] = []
  for (let base = 0; base < text.length; base += CHUNK) {
    const from = Math.max(0, base - CONTEXT * 4)
    const chunk = text.slice(from, base + CHUNK)
    for (const finding of [
      ...rules.flatMap((rule) => matches(rule, chunk)),
      ...phones(chunk),
      ...emails(chunk),
    ])
      if (ORDER[finding.confidence] >= least && wanted(finding.class) && isAsked(finding))
        found.push({ ...finding, start: finding.start + from, end: finding.end + from })
  }
  return withLines(text, withoutOverlaps(found))
}

type Unnumbered = Omit<PersonalFinding, 'line'>

function matches(rule: PersonalRule, text: string): Unnumbered[] {
  const found: Unnumbered[] = []
  for (const match of text.matchAll(rule.pattern)) {
    const value = match.slice(1).find((group) => group !== undefined) ?? match[0]
    if (rule.check !== undefined && !rule.check(value)) continue
    const before = wordsBefore(text, match.index)
    if (rule.context !== undefined && !rule.context.test(before)) continue
    const start = match.index + match[0].lastIndexOf(value)
    const confidence = rule.strengthens?.test(before) === true ? 'medium' : rule.confidence
    found.push({
      rule: rule.rule,
      class: rule.class,
      reason: `It looks like ${rule.what}.`,
      start,
      end: start + value.length,
      confidence,
    })
  }
  return found
}

function phones(text: string): Unnumbered[] {
  return phonesIn(text).map((sighting) => ({
    rule: 'personal.phone',
    class: 'phone',
    reason: 'It looks like a telephone number.',
    ...sighting,
  }))
}

function emails(text: string): Unnumbered[] {
  return emailsIn(text).map((sighting) => ({
    rule: 'personal.email',
    class: 'email',
    reason: 'It looks like an e-mail address.',
    confidence: 'high',
    ...sighting,
  }))
}

function withoutOverlaps(found: readonly Unnumbered[]): Unnumbered[] {
  const kept: Unnumbered[] = []
  for (const finding of found.toSorted(
    (a, b) => a.start - b.start || ORDER[b.confidence] - ORDER[a.confidence] || b.end - a.end,
  )) {
    const last = kept.at(-1)
    if (last === undefined || finding.start >= last.end) kept.push(finding)
    else if (ORDER[finding.confidence] > ORDER[last.confidence]) kept[kept.length - 1] = finding
  }
  return kept
}

function withLines(text: string, found: readonly Unnumbered[]): PersonalFinding[] {
  let line = 1
  let counted = 0
  return found.map((finding) => {
    for (
      let at = text.indexOf('\n', counted);
      at !== -1 && at < finding.start;
      at = text.indexOf('\n', at + 1)
    ) {
      line += 1
      counted = at + 1
    }
    return { ...finding, line }
  })
}
