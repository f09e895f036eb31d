import { digitsOf, dot, isDay, mod97 } from './check-digits.ts'

/** The number that some of the digits of a text make. */
export function numberAt(text: string, from: number, to: number): number {
  return Number(text.replace(/\D/g, '').slice(from, to))
}

export function isSsn(value: string): boolean {
  const area = numberAt(value, 0, 3)
  return (
    area !== 0 && area !== 666 && area < 900 && numberAt(value, 3, 5) !== 0 && numberAt(value, 5, 9) !== 0
  )
}

export function isNir(value: string): boolean {
  const plain = value.replace(/ /g, '').replace('2A', '19').replace('2B', '18')
  return plain.length === 15 && 97 - Number(BigInt(plain.slice(0, 13)) % 97n) === Number(plain.slice(13))
}

const ODD_VALUES = [
  1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23,
]

export function isFiscalCode(value: string): boolean {
  const upper = value.toUpperCase()
  const rank = (character: string) =>
    /\d/.test(character) ? Number(character) : character.charCodeAt(0) - 65
  const sum = [...upper.slice(0, 15)].reduce(
    (total, character, index) =>
      total + (index % 2 === 0 ? (ODD_VALUES[rank(character)] ?? 0) : rank(character)),
    0,
  )
  return String.fromCharCode(65 + (sum % 26)) === upper[15]
}

export function isDni(value: string): boolean {
  const plain = value.replace(/-/g, '').replace('X', '0').replace('Y', '1').replace('Z', '2')
  const digits = /^\d{8}/.exec(plain)?.[0]
  return digits !== undefined && 'TRWAGMYFPDXBNJZSQVHLCKE'[Number(digits) % 23] === value.at(-1)
}

export function isCpf(value: string): boolean {
  const digits = digitsOf(value)
  const check = (count: number) =>
    ((dot(
      digits,
      Array.from({ length: count }, (_, index) => count + 1 - index),
    ) *
      10) %
      11) %
    10
  return digits.length === 11 && check(9) === digits[9] && check(10) === digits[10]
}

export function isCnpj(value: string): boolean {
  const digits = digitsOf(value)
  const check = (weights: readonly number[]) => {
    const rest = dot(digits, weights) % 11
    return rest < 2 ? 0 : 11 - rest
  }
  return (
    check([5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2]) === digits[12] &&
    check([6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2]) === digits[13]
  )
}

export function isNorwegian(value: string): boolean {
  const digits = digitsOf(value)
  return (
    isDay(0, numberAt(value, 2, 4) % 40, numberAt(value, 0, 2) % 40) &&
    dot(digits, [3, 7, 6, 1, 8, 9, 4, 5, 2, 1]) % 11 === 0 &&
    dot(digits, [5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1]) % 11 === 0
  )
}

export function isFinnish(value: string): boolean {
  const rest = Number(value.slice(0, 6) + value.slice(7, 10)) % 31
  return (
    isDay(0, numberAt(value, 2, 4), numberAt(value, 0, 2)) &&
    '0123456789ABCDEFHJKLMNPRSTUVWXY'[rest] === value[10]
  )
}

export function isBelgian(value: string): boolean {
  const digits = value.replace(/\D/g, '')
  const [base, check] = [digits.slice(0, 9), Number(digits.slice(9))]
  if (!isDay(0, Number(digits.slice(2, 4)), Number(digits.slice(4, 6)))) return false
  return 97 - (Number(base) % 97) === check || 97 - (Number(`2${base}`) % 97) === check
}

export function isNif(value: string): boolean {
  const digits = digitsOf(value)
  const rest = dot(digits, [9, 8, 7, 6, 5, 4, 3, 2]) % 11
  return (rest < 2 ? 0 : 11 - rest) === digits[8]
}

export function isAustrian(value: string): boolean {
  const digits = digitsOf(value)
  return (
    isDay(0, numberAt(value, 6, 8), numberAt(value, 4, 6)) &&
    dot(digits, [3, 7, 9, 0, 5, 8, 4, 2, 1, 6]) % 11 === digits[3]
  )
}

export function isRut(value: string): boolean {
  const [body = '', check = ''] = value.replace(/\./g, '').split('-')
  const sum = [...body]
    .reverse()
    .reduce((total, digit, index) => total + Number(digit) * (2 + (index % 6)), 0)
  return '0K987654321'[sum % 11] === check.toUpperCase()
}

export function isChinese(value: string): boolean {
  const sum = dot([...value.slice(0, 17)].map(Number), [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2])
  return '10X98765432'[sum % 11] === value[17]?.toUpperCase()
}

export function isNric(value: string): boolean {
  const sum = dot(digitsOf(value), [2, 7, 6, 5, 4, 3, 2]) + (/^[TG]/.test(value) ? 4 : 0)
  return (/^[ST]/.test(value) ? 'JZIHGFEDCBA' : 'XWUTRQPNMLK')[sum % 11] === value[8]
}

const TAIWAN = 'ABCDEFGHJKLMNPQRSTUVXYWZIO'

export function isTaiwanese(value: string): boolean {
  const place = TAIWAN.indexOf(value[0] ?? '') + 10
  return (
    (Math.floor(place / 10) + (place % 10) * 9 + dot(digitsOf(value), [8, 7, 6, 5, 4, 3, 2, 1, 1])) % 10 === 0
  )
}

export function isTurkish(value: string): boolean {
  const digits = digitsOf(value)
  const odd = dot(digits, [1, 0, 1, 0, 1, 0, 1, 0, 1])
  const even = dot(digits, [0, 1, 0, 1, 0, 1, 0, 1])
  const sum = digits.slice(0, 10).reduce((total, digit) => total + digit, 0)
  return (odd * 7 - even) % 10 === digits[9] && sum % 10 === digits[10]
}

export function isCnp(value: string): boolean {
  const rest = dot(digitsOf(value), [2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9]) % 11
  return (rest === 10 ? 1 : rest) === numberAt(value, 12, 13)
}

export function isPps(value: string): boolean {
  const second = value[8] === undefined || value[8] === 'W' ? 0 : value.charCodeAt(8) - 64
  const sum = dot(digitsOf(value), [8, 7, 6, 5, 4, 3, 2]) + second * 9
  return 'WABCDEFGHIJKLMNOPQRSTUV'[sum % 23] === value[7]
}

/** ISO 13616: the length each country gives its IBAN. */
const IBAN_LENGTHS: Readonly<Record<string, number>> = Object.fromEntries(
  'AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 EE20 EG29 ES24 FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HN28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 PT25 QA29 RO24 RS22 RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30'
    .split(' ')
    .map((entry) => [entry.slice(0, 2), Number(entry.slice(2))]),
)

export function isIban(value: string): boolean {
  const plain = value.replace(/[ -]/g, '').toUpperCase()
  return IBAN_LENGTHS[plain.slice(0, 2)] === plain.length && mod97(plain.slice(4) + plain.slice(0, 4)) === 1
}
