import { findPersonalData } from './find.ts'
import type { PersonalConfidence, PersonalFinding, PersonalKind } from './finding.ts'

/** What a channel hides. A log hides all it can; a review shows the code's own addresses, as they are part of the code. */
export interface ChannelPolicy {
  readonly kinds: readonly PersonalKind[]
  readonly confidence: PersonalConfidence
}

const STRICT: readonly PersonalKind[] = [
  'card',
  'bank-account',
  'national-id',
  'identity-document',
  'date-of-birth',
]

/** The channels Airlock writes to, from the most open to the most narrow. */
export const CHANNEL_POLICIES = {
  log: {
    kinds: [...STRICT, 'email', 'phone', 'postal-address', 'name', 'network-address'],
    confidence: 'low',
  },
  chat: { kinds: [...STRICT, 'email', 'phone', 'postal-address', 'name'], confidence: 'medium' },
  model: { kinds: [...STRICT, 'phone', 'postal-address'], confidence: 'medium' },
  review: { kinds: STRICT, confidence: 'high' },
} as const satisfies Record<string, ChannelPolicy>

export interface Redacted {
  readonly text: string
  readonly findings: readonly PersonalFinding[]
}

/** Puts a placeholder for each datum; the same datum has the same placeholder within a text, so that it stays readable. */
export function redactPersonalData(text: string, policy: ChannelPolicy): Redacted {
  const findings = findPersonalData(text, policy)
  const numbers = new Map<string, string>()
  const counts = new Map<PersonalKind, number>()
  let at = 0
  const parts: string[] = []
  for (const { class: kind, start, end } of findings) {
    const key = `${kind} ${plain(text.slice(start, end))}`
    if (!numbers.has(key)) {
      const count = (counts.get(kind) ?? 0) + 1
      counts.set(kind, count)
      numbers.set(key, `[${kind} ${count}]`)
    }
    parts.push(text.slice(at, start), numbers.get(key) ?? '')
    at = end
  }
  return { text: [...parts, text.slice(at)].join(''), findings }
}

/** One datum may be written in several ways. */
function plain(value: string): string {
  return value.toLowerCase().replace(/[\s.()/-]/g, '')
}
