import { EMAIL } from './email.ts'
import type { PersonalExamples, PersonalRule } from './finding.ts'
import { PHONE } from './phone.ts'
import { CONTACTS } from './rules/contacts.ts'
import { IDENTIFIERS } from './rules/identifiers.ts'
import { LIFE } from './rules/life.ts'

/** Every form of personal data but e-mail addresses and telephone numbers, which have finders of their own. */
export const PERSONAL_RULES: readonly PersonalRule[] = [...CONTACTS, ...IDENTIFIERS, ...LIFE]

/** Every form of personal data, with its examples. */
export const PERSONAL_EXAMPLES: readonly PersonalExamples[] = [EMAIL, PHONE, ...PERSONAL_RULES]
