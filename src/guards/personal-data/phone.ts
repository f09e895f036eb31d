import { parsePhoneNumberFromString } from 'libphonenumber-js/min'
import { isMadeUp } from './check-digits.ts'
import type { PersonalExamples } from './finding.ts'
import { wordsBefore } from './words-before.ts'

export const PHONE: PersonalExamples = {
  rule: 'personal.phone',
  class: 'phone',
  what: 'a telephone number',
  holds: ['+49 30 901820', 'call 020 7946 0018', '(212) 736-5000', 'Tel. 089/2180-0'],
  lacks: [
    'part no. 213-616-1336',
    '2024-01-31',
    'order 48215973',
    'version 10.15.7',
    '192.168.100.200',
    '1234567890',
  ],
}

/** How telephone numbers are written: groups of digits with what people put between them. */
const CANDIDATE =
  /(?<![\w.:/=+#@$%-])(?:(?:\+|00)[\d(][\d ()./-]{6,22}\d|\(?\d[\d ()./-]{6,20}\d)(?: ?(?:x|ext\.?|extension) ?\d{1,5}(?!\w))?(?![\w-]|[.:/]\d)/g
const LABELLED =
  /(?:\bphone|\btel\b|tel\.|telephone|\bmobile|\bcell|\bfax\b|\bcall\b|\bcontact|whatsapp|\bsms\b|\btext me|telefon|handy|mobil|rufnummer|téléphone|portable|teléfono|telefono|móvil|celular|telefone|telemóvel|cellulare|telefoon|mobiel|komórk|телефон|тел\.|电话|手机|電話|携帯|전화|휴대폰|هاتف|फ़ोन|फोन|\bdial|reach (?:me|him|her|us)|ring me|number is|hotline|\bruf(?:e|en)?\b|anruf|reach \p{L}{1,12}(?: \p{L}{1,12}){0,2} (?:at|on|under)|(?:text|tried|dial|ring)(?: (?:him|her|them|me|us))?(?: (?:at|on))? ?$|(?:n[uú]mero|numéro) (?:es|è|é|est)\b|nummer (?:is|ist|lautet)\b|λέφωνο|τηλ\b|טלפון|điện thoại|telepon|โทร|telefón)/iu
const NORTH_AMERICAN =
  /^(?:\([2-9]\d{2}\) ?|[2-9]\d{2}[-.])[2-9]\d{2}[-.]\d{4}$|^1[-. ][2-9]\d{2}[-. ][2-9]\d{2}[-. ]\d{4}$/
const TRUNK =
  /^\(?0\d{2,5}\)?[ /-]\d{2,8}(?:[ -]\d{2,6}){0,4}$|^\(0\d\) ?\d{3,4}[ -]?\d{3,4}$|^0\d-\d{3,4}[ -]?\d{2,4}(?:[ -]\d{2})?$/
/** Numbers of things are written like numbers of telephones. */
const OF_A_THING =
  /\b(?:part|item|order|invoice|ref|reference|sku|serial|model|case|ticket|tracking|batch|lot|article|catalog|product|policy|claim|document|file|record|bug|issue|docket|isbn|issn|doi|id)\b[^\n,;]{0,14}$/i
/** Numbers that the North American plan keeps for films. */
const FICTITIOUS = /555[-. ]?01\d{2}$/

export interface PhoneSighting {
  readonly start: number
  readonly end: number
  readonly confidence: 'high' | 'medium'
}

/** Telephone numbers: international ones by the plans of their countries, others by their form or by what stands before. */
export function phonesIn(text: string): PhoneSighting[] {
  const found: PhoneSighting[] = []
  for (const match of text.matchAll(CANDIDATE)) {
    const unclosed = match[0].startsWith('(') && !match[0].includes(')') ? 1 : 0
    const whole = match[0].slice(unclosed).trim()
    const extension = whole.search(/ ?(?:x|ext)/)
    const written = extension === -1 ? whole : whole.slice(0, extension)
    const digits = written.replace(/\D/g, '')
    if (digits.length < 7 || digits.length > 15 || isMadeUp(digits) || isDateOrNumber(written)) continue
    const international = written.startsWith('+') || written.startsWith('00')
    const ahead = wordsBefore(text, match.index)
    const labelled = LABELLED.test(ahead)
    const confidence = international
      ? planned(written)
      : labelled
        ? 'medium'
        : OF_A_THING.test(ahead)
          ? undefined
          : looksLocal(written)
            ? 'medium'
            : undefined
    if (confidence === undefined || (FICTITIOUS.test(written) && !labelled && !international)) continue
    const start = match.index + unclosed
    found.push({ start, end: start + whole.length, confidence })
  }
  return found
}

function planned(written: string): 'high' | 'medium' | undefined {
  const number = parsePhoneNumberFromString(written.replace(/^00/, '+'))
  if (number?.isPossible() === true) return number.isValid() ? 'high' : 'medium'
  return written.startsWith('+') && number !== undefined ? 'medium' : undefined
}

function looksLocal(written: string): boolean {
  return NORTH_AMERICAN.test(written) || (TRUNK.test(written) && !/^\d{4}(?: \d{4})+$/.test(written))
}

const DATES = [
  /^(?:19|20)\d{2}[-./]\d{1,2}[-./]\d{1,2}(?!\d)/,
  /^\d{1,2}[-./]\d{1,2}[-./](?:19|20)?\d{2}(?!\d)/,
]

/** Dates, amounts, versions and addresses of machines. */
function isDateOrNumber(written: string): boolean {
  const groups = written.split('.')
  if (
    groups.length > 1 &&
    groups.every((group) => /^\d{1,9}$/.test(group)) &&
    (groups.length === 2 || groups.slice(1).every((group) => group.length <= 3))
  )
    return true
  return DATES.some((date) => date.test(written))
}
