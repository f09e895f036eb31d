import { entropy } from './randomness.ts'

/** Words that people write where a secret goes; a random value holds none of them but by a rare accident. */
const STANDS_IN =
  /example|placeholder|redact|dummy|sample|changeme|change[_-]?(?:this|it|me)|replace|your[_-]|^your|[_-]here|insert|fill[_-]?in|todo|fixme|x{4}|\*{3}|\.{3}|…|<[a-z_]|not[_-]?(?:a[_-]?)?(?:real|secret|valid|used)|fake|foo[_-]?bar|lorem|abcdefg|123456789|987654321|qwerty|deadbeef|(?:^|[^a-z])(?:my|some|the|test|mock|invalid|demo)[_-]?(?:api|secret|token|password|passwd|key|pass|client|access)|^(?:test|mock|invalid|demo|secret|token|password|apikey|key)[_-]?\d{0,4}$|hidden|masked|censored|omitted|removed/i

/** A template, a variable, a call or a path: the value is elsewhere. */
const ELSEWHERE =
  /\$\{|\$\(|\{\{|\}\}|<%|%>|^\$[A-Za-z_]|^%[A-Za-z_]\w*%$|^@[A-Za-z_.]+@?$|^\{[^}]*\}$|^\[[^\]]*\]$|^#\{|\{[a-zA-Z_]|^%[-+#0 ]?\d{0,3}[a-z]$|^(?:https?|file|arn|urn|vault|op|ssm|secret|secretsmanager|env|keyring|ref):|^(?:[./~]|[A-Z]:\\)[\w./\\~-]*$|\(\)|^process\.env|^os\.environ|getenv|^secrets\.|^env\.|^var\.|^ENC\[|^!{1,2}\w+|^&\w+|^\\u/

const WEAK =
  /^(?:true|false|null|nil|none|undefined|yes|no|on|off|string|str|text|int|integer|number|bool|boolean|object|array|any|void|auto|default|required|optional|empty|enabled|disabled|unknown|admin|administrator|root|user|username|guest|test|testing|tester|demo|postgres|mysql|mongo|redis|rabbitmq|oracle|sa|pass|passwd|p[a@4][s5$]{2}w[o0]rd\W?|password\d{0,4}|pwd|secret|token|key|apikey|api[_-]?key|value|hello|world|changeit|letmein|hunter2|foo|bar|baz|abc|asdf|s3cr3t|supersecret|topsecret|secretpassword|prompt|stdin|hash|bearer|basic|digest|negotiate|oauth2?)$/i

/** Whether a value stands where a secret would go but is none. */
export function isPlaceholder(value: string): boolean {
  return STANDS_IN.test(value) || ELSEWHERE.test(value) || WEAK.test(value) || isMonotonous(value)
}

/** Whether the random part of a token was filled in by hand: one letter, a counted sequence, a repeated stretch. */
export function isFiller(body: string): boolean {
  if (/example|x{6}|your[_-]|placeholder|redacted|\.{3}|\*{4}/i.test(body)) return true
  if (isMonotonous(body)) return true
  return body.length >= 20 && entropy(body) < 2.2
}

function isMonotonous(value: string): boolean {
  if (new Set(value).size <= (value.length >= 12 ? 3 : 1)) return true
  return value.length >= 6 && countedShare(value) >= 0.6
}

/** The share of characters that only follow, repeat or count down from the one before. */
function countedShare(value: string): number {
  let counted = 0
  for (let at = 1; at < value.length; at += 1) {
    const step = value.charCodeAt(at) - value.charCodeAt(at - 1)
    if (step >= -1 && step <= 1) counted += 1
    else if (step === -9 && value[at] === '0') counted += 1
  }
  return counted / (value.length - 1)
}
