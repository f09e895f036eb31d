import type { PersonalRule } from './finding.ts'
import { CONTACTS } from './rules/contacts.ts'
import { IDENTIFIERS } from './rules/identifiers.ts'
import { LIFE } from './rules/life.ts'

/** Every form of personal data but e-mail addresses and telephone numbers, which have finders of their own. */
export const PERSONAL_RULES: readonly PersonalRule[] = [...CONTACTS, ...IDENTIFIERS, ...LIFE]
