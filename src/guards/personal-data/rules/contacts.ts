import { isMadeUp, luhn } from '../check-digits.ts'
import type { PersonalRule } from '../finding.ts'
import { isIban } from '../national-checks.ts'

/** What reaches a person, pays for one or tells one from another; the numbers of examples are those that makers publish for tests. */
export const CONTACTS: readonly PersonalRule[] = [
  {
    rule: 'personal.card',
    class: 'card',
    what: 'a payment card number',
    pattern: /(?<![\w.-])\d[\d -]{11,22}\d(?![\w-])/g,
    confidence: 'high',
    check: (value) => GROUPED_CARD.test(value) && isCard(value),
    holds: ['4111 1111 1111 1111', 'card 5555555555554444', 'amex 3714 496353 98431'],
    lacks: ['4111 1111 1111 1112', '1234567890123456', '0000 0000 0000 0000', '1700000000000'],
  },
  {
    rule: 'personal.card-by-label',
    class: 'card',
    what: 'a payment card number',
    pattern: /(?<![\w.-])\d[\d -]{11,22}\d(?![\w-])/g,
    context:
      /(?:credit|debit|payment|bank)[ -]?card|card ?(?:number|no\b|nr\b|#)|\b(?:visa|mastercard|amex|maestro)\b|kreditkart|kartennummer|carte (?:bancaire|de crédit|bleue)|tarjeta|cartão|carta di credito|numero di carta|creditcard|kartnummer|karty|номер карты|银行卡|信用卡|カード番号|카드 ?번호/i,
    confidence: 'medium',
    check: (value) => GROUPED_CARD.test(value) && !isMadeUp(value.replace(/\D/g, '')),
    holds: [
      'My credit card number is 4095-2609-9393-4930',
      'Kreditkarte: 5425 2334 3010 9904',
      'card no 6011000990139425',
    ],
    lacks: ['order 6011000990139425', 'card number: 1234567890123456', 'credit card 42'],
  },
  {
    rule: 'personal.iban',
    class: 'bank-account',
    what: 'an IBAN',
    pattern: /(?<![A-Za-z0-9])[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]{4}){2,7}(?:[ -]?[A-Z0-9]{1,3})?(?![A-Za-z0-9])/g,
    confidence: 'high',
    check: isIban,
    holds: [
      'DE89 3704 0044 0532 0130 00',
      'IBAN GB29NWBK60161331926819',
      'FR14 2004 1010 0505 0001 3M02 606',
    ],
    lacks: ['DE89 3704 0044 0532 0130 01', 'XX89370400440532013000', 'DE893704004405320130'],
  },
  {
    rule: 'personal.bank-account',
    class: 'bank-account',
    what: 'a bank account number',
    pattern: /(?<![\w-])\d{7,17}(?![\w-])/g,
    context:
      /\b(?:bank )?(?:account|acct|a\/c|konto|compte|cuenta|conta|conto|rekening)(?:[ -]?(?:number|no|nr|num|nummer|numéro|número|numero)\b|#)|\bacct\b|\ba\/c\b|(?:\bbank|savings|checking|deposit|\binto|\bmy|\bhis|\bher) account\b|(?:numéro|n°|no) de compte|número de cuenta|numero di conto|número da conta|bankkonto|bankrekening|(?:nr|numer) konta/i,
    confidence: 'medium',
    holds: [
      'account number: 48215973',
      'Acct no. 0092837465',
      'Kontonummer: 532013007',
      'bank account number is 9876501234',
    ],
    lacks: ['order number: 48215973', '48215973', 'account: main', 'the account 123456789012 of the cloud'],
  },
  {
    rule: 'personal.ip-address',
    class: 'network-address',
    what: 'an IP address',
    pattern: /(?<![\w.-])(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)(?![\w-]|\.\d)/g,
    confidence: 'low',
    check: (value) =>
      !/^(?:0|10|127|192\.168|172\.(?:1[6-9]|2\d|3[01])|169\.254|255|224|192\.0\.2|198\.51\.100|203\.0\.113|1\.1\.1\.1|8\.8\.|1\.2\.3\.4)\b/.test(
        value,
      ) && !/\.0$/.test(value),
    holds: ['from 84.17.52.9', 'ip=93.184.216.34', '178.62.33.104 logged in'],
    lacks: ['127.0.0.1', '192.168.1.7', 'version 1.2.3', '10.0.0.5', '203.0.113.9'],
  },
  {
    rule: 'personal.ipv6-address',
    class: 'network-address',
    what: 'an IP address',
    pattern:
      /(?<![\w:.])(?:[0-9a-f]{1,4}:){7}[0-9a-f]{1,4}(?![\w:.])|(?<![\w:.])(?:[0-9a-f]{1,4}:){2,6}:(?:[0-9a-f]{1,4}:){0,4}[0-9a-f]{1,4}(?![\w:.])/gi,
    confidence: 'low',
    check: (value) => !/^(?:fe80|fc|fd|2001:db8|::)/i.test(value) && /[a-f]/i.test(value),
    holds: [
      '2a02:8108:46c0:1f0a:9c1e:4bff:fe3a:77d1',
      'ip 2a00:1450:4001:82a::200e',
      'from 2a01:4f8:c0c:9b1::2a',
    ],
    lacks: ['2001:db8::1', 'fe80::1', '12:34:56', '::1'],
  },
  {
    rule: 'personal.mac-address',
    class: 'network-address',
    what: 'a MAC address',
    pattern: /(?<![\w:-])[0-9a-f]{2}(?:(?::[0-9a-f]{2}){5}|(?:-[0-9a-f]{2}){5})(?![\w:-])/gi,
    confidence: 'low',
    check: (value) => new Set(value.toLowerCase().split(/[:-]/)).size > 2,
    holds: ['00:1a:2b:3c:4d:5e', 'MAC 3C-22-FB-9A-10-7E', 'ether a4:5e:60:c1:f7:2b'],
    lacks: ['ff:ff:ff:ff:ff:ff', '00:00:00:00:00:00', '12:34:56'],
  },
]

/** The ways in which makers print a card's number. */
const GROUPED_CARD =
  /^(?:\d{4}[ -]\d{4}[ -]\d{4}[ -]\d{1,7}|3[47]\d{2}[ -]\d{6}[ -]\d{5}|3\d{3}[ -]\d{6}[ -]\d{4}|\d{13,19})$/

/** ISO/IEC 7812 with the ranges of issuers that give cards to people. */
function isCard(value: string): boolean {
  const digits = value.replace(/\D/g, '')
  const issued =
    /^(?:4\d{12}(?:\d{3})?(?:\d{3})?|5[1-5]\d{14}|2(?:22[1-9]|2[3-9]\d|[3-6]\d{2}|7[01]\d|720)\d{12}|3[47]\d{13}|6(?:011|5\d{2}|4[4-9]\d)\d{12}|3(?:0[0-5]|[68]\d)\d{11}|35(?:2[89]|[3-8]\d)\d{12}|62\d{14,17}|(?:5018|5020|5038|5893|6304|6759|676[1-3]|67\d{2}|50\d{2}|5[6-9]\d{2})\d{8,15}|220[0-4]\d{12}|60\d{14}|81\d{14,17})$/.test(
      digits,
    )
  return (
    issued &&
    luhn(digits) &&
    (new Set(digits).size > 2 ||
      digits.startsWith('4111') ||
      digits.startsWith('5555') ||
      digits.startsWith('4242')) &&
    !(isMadeUp(digits) && new Set(digits).size > 2)
  )
}
