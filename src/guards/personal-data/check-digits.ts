/** The digits of a text, without what separates them. */
export function digitsOf(text: string): number[] {
  return [...text.replace(/\D/g, '')].map(Number)
}

/** ISO/IEC 7812: cards, Canadian and Swedish numbers and many more. */
export function luhn(text: string): boolean {
  const digits = digitsOf(text).reverse()
  const sum = digits.reduce(
    (total, digit, index) => total + (index % 2 === 0 ? digit : digit > 4 ? digit * 2 - 9 : digit * 2),
    0,
  )
  return digits.length > 1 && sum % 10 === 0
}

/** Whether the weighted sum of the digits is a multiple of `modulus`; there are as many weights as digits. */
export function weighted(text: string, weights: readonly number[], modulus: number): boolean {
  const digits = digitsOf(text)
  return digits.length === weights.length && dot(digits, weights) % modulus === 0
}

export function dot(digits: readonly number[], weights: readonly number[]): number {
  return weights.reduce((sum, weight, index) => sum + weight * (digits[index] ?? 0), 0)
}

/** ISO 7064 MOD 97-10 over letters and digits, as IBANs use it. */
export function mod97(text: string): number {
  let rest = 0
  for (const character of text)
    rest = /\d/.test(character)
      ? (rest * 10 + Number(character)) % 97
      : (rest * 100 + character.charCodeAt(0) - 55) % 97
  return rest
}

/** ISO 7064 MOD 11,10: German tax numbers, Croatian OIB. */
export function mod11x10(text: string): boolean {
  const digits = digitsOf(text)
  let product = 10
  for (const digit of digits.slice(0, -1)) {
    const sum = (digit + product) % 10 || 10
    product = (sum * 2) % 11
  }
  return (11 - product) % 10 === digits.at(-1)
}

const VERHOEFF_D = [
  '0123456789',
  '1234067895',
  '2340178956',
  '3401289567',
  '4012395678',
  '5987604321',
  '6598710432',
  '7659821043',
  '8765932104',
  '9876543210',
]
const VERHOEFF_P = [
  '0123456789',
  '1576283094',
  '5803796142',
  '8916043527',
  '9453126870',
  '4286573901',
  '2793806415',
  '7046913258',
]

/** The check of Aadhaar numbers. */
export function verhoeff(text: string): boolean {
  const check = digitsOf(text)
    .reverse()
    .reduce((state, digit, index) => Number(VERHOEFF_D[state]?.[Number(VERHOEFF_P[index % 8]?.[digit])]), 0)
  return check === 0
}

/** Whether six digits are a day: YYMMDD or DDMMYY; months may carry a century in some numbers. */
export function isDay(year: number, month: number, day: number): boolean {
  return (
    year >= 0 &&
    month >= 1 &&
    month <= 12 &&
    day >= 1 &&
    day <= (month === 2 ? 29 : [4, 6, 9, 11].includes(month) ? 30 : 31)
  )
}

/** A number made of one digit, or counted up, is an example of a form and nobody's. */
export function isMadeUp(text: string): boolean {
  const digits = text.replace(/\D/g, '')
  return (
    new Set(digits).size <= 2 ||
    '01234567890123456789'.includes(digits) ||
    '98765432109876543210'.includes(digits)
  )
}
