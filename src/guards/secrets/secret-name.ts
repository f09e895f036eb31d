/** What a name promises about the value it is given. `token` alone may be a parser's; `password` is a password. */
export type NamePromise = 'password' | 'secret' | 'token'

const CAMEL = /([a-z0-9])([A-Z])/g

const PASSWORD =
  /(?:^|[_.-])(?:pass|pw|pwd)(?:$|[_.-])|passw(?:or[dt]|d)|passwd|passphrase|passcode|[a-z]pwd$|pgpass|kennwort|contrase|senha|mot_?de_?passe|heslo|parola|wachtwoord|(?:^|_)(?:db|root|admin|user|ftp|ssh|mysql|smtp|mail)_?pass$/
const SECRET =
  /secret|api_?key|apikey|access_?key|private_?key|(?:encryption|encrypt|signing|signature|master|shared|account|storage|session|service|crypt|crypto|hmac|jwt|deploy|license|root|admin|app|application|auth|authentication|consumer|storage|subscription|integration|ingest|webhook|server|client|user|host|write|read|rest|cookie)_?key(?:$|_[0-9a-z]$)|sharedaccesskey|accountkey|auth_?token|access_?token|refresh_?token|bearer|oauth_?token|api_?token|id_?token|bot_?token|deploy_?token|session_?token|security_?token|personal_?token|client_?token|jwt|credential|creds$|(?:^|_)(?:pat|sas|psk|wpa_?psk|dsn)$|appkey|authkey|authtoken|_auth$|api_?hash|app_?hash|_salt$|^salt$|_secret_|signkey|connection_?string|webhook_?url/
const TOKEN =
  /(?:^|_)(?:token|tok|auth|authorization|key|sig|nonce_?secret|x_?api)(?:$|_[0-9a-z]$)|token$|key$/

/** Ends of names whose value is about a secret, not one. */
const ABOUT =
  /(?:^|_)(?:id|ids|arg|args|options|opts|encryption|name|names|file|files|filename|path|paths|dir|url|uri|endpoint|host|type|types|kind|field|fields|label|labels|length|len|size|count|limit|limits|min|max|prefix|suffix|regex|regexp|pattern|format|policy|policies|hint|help|text|message|msg|error|errors|title|description|desc|placeholder|param|params|parameter|header|headers|attribute|attr|property|prop|column|table|version|algorithm|alg|algo|expiry|expires|expiration|expired|expire|ttl|timeout|at|on|in|required|enabled|disabled|enable|valid|exists|changed|change|reset|manager|provider|service|store|storage|generator|factory|class|module|function|callback|handler|validator|strength|visible|ref|refs|reference|arn|alias|code|codes|state|status|scope|scopes|input|form|page|link|view|button|icon|env|var|variable|mode|source|index|idx|position|offset|usage|range|ring|map|set|list|types|permission|permissions|role|rotation|size|bits|issuer|audience|hash|digest|fingerprint|checksum|sha1|sha256|md5|thumbprint)$/
const NOT_SECRET =
  /public_?key|pub_?key|publishable|site_?key|sitekey|primary_?key|foreign_?key|sort_?key|partition_?key|cache_?key|hot_?key|map_?key|row_?key|index_?key|lookup_?key|group_?key|query_?key|object_?key|bucket_?key|react_?key|unique_?key|composite_?key|local_?storage|keyboard|keyword|keydown|keyup|keypress|keycode|monkey|turkey|hockey|donkey|whiskey|jockey|csrf|xsrf|tokeniz|tokeniser|stop_?token|eos_?token|bos_?token|pad_?token|unk_?token|sep_?token|cls_?token|mask_?token|special_?token|max_?token|num_?token|cancellation_?token|page_?token|next_?token|continuation_?token|sync_?token|author$|authors$|bypass|compass|passenger|passive|passport(?!_?(?:secret|key))|i18n_?key|translation_?key|message_?key|host_?key|known_?host|signature_?key_?id|no_?pass|key_?type|registry_?key/

const MAKER =
  /npm_|pypi|docker_?hub|sonar|adafruit|algolia|airtable|amazon|amplitude|asana|auth0|aws|azure|bitbucket|bitly|bugsnag|cloudflare|cloudinary|codecov|coinbase|contentful|coveralls|datadog|deepgram|digitalocean|discord|docusign|dropbox|elastic|etsy|facebook|fastly|firebase|flickr|foursquare|freshbooks|github|gitlab|google|heroku|hubspot|intercom|ionic|jenkins|jira|kraken|linkedin|linode|loggly|mailchimp|mailgun|mailjet|mapbox|mapquest|mattermost|mixpanel|netlify|new_?relic|nytimes|okta|onesignal|opsgenie|pagerduty|paypal|pivotal|plaid|pubnub|pusher|rapidapi|recaptcha|rollbar|salesforce|segment|sendbird|sendgrid|sentry|shodan|shopify|slack|snyk|sonar|spotify|square|squarespace|stripe|sumo|telegram|travis|trello|twilio|twitch|twitter|typeform|unsplash|vercel|vimeo|virustotal|wakatime|yandex|yelp|youtube|zendesk/

/** One of these is in every name that promises something; a name is read only if the first three letters of one are. */
const ROOTS = [
  ...'pas|pwd|pw_|pw-|pgp|kennwort|contrase|senha|heslo|parola|wachtwoord|secret|key|tok|bearer|jwt|cred|pat|sas|psk|dsn|auth|hash|salt|webhook|connection|sig|api'.split(
    '|',
  ),
  ...MAKER.source.split('|'),
]
/** Beginnings of words that stand between a name and its value: `value`, `default`, `string`, `char`, `set`. */
const BETWEEN = ['val', 'def', 'str', 'cha', 'set']
const LONGEST_BETWEEN = 12

const IN_NAME = tableOf(ROOTS)
const AT_START = tableOf(BETWEEN)
IN_NAME[keyOf(112, 119, 0)] = 1 // a name that ends in `pw`

/** Whether the word from `start` to `end` may be the name of a secret; most are not, and need not be read. */
export function mayPromise(text: string, start: number, end: number): boolean {
  let first = text.charCodeAt(start)
  let second = text.charCodeAt(start + 1)
  if (end - start <= LONGEST_BETWEEN && AT_START[keyOf(first, second, text.charCodeAt(start + 2))] === 1)
    return true
  for (let at = start + 2; at <= end; at += 1) {
    const third = at < end ? text.charCodeAt(at) : 0
    if (IN_NAME[keyOf(first, second, third)] === 1) return true
    first = second
    second = third
  }
  return false
}

function tableOf(roots: readonly string[]): Uint8Array {
  const table = new Uint8Array(32_768)
  for (const root of roots) table[keyOf(root.charCodeAt(0), root.charCodeAt(1), root.charCodeAt(2))] = 1
  return table
}

/** Both cases of a letter have one key. */
function keyOf(first: number, second: number, third: number): number {
  return ((first & 31) << 10) | ((second & 31) << 5) | (third & 31)
}

/** What a name says of its value: what it promises, and whether it speaks of a service that gives out keys. */
export interface NameReading {
  readonly promise: NamePromise | undefined
  readonly maker: boolean
}

const LONGEST_NAME = 80
const NOTHING: NameReading = { promise: undefined, maker: false }
/** Names come again and again in a text, and in the next one; the few that were read are kept. */
const READ = new Map<string, NameReading>()
const MOST_READ = 16_384

export function readName(name: string): NameReading {
  if (name.length > LONGEST_NAME) return NOTHING
  const known = READ.get(name)
  if (known !== undefined) return known
  const plain = name.replace(CAMEL, '$1_$2').toLowerCase().replace(/[-. ]/g, '_')
  const promise = promiseOf(plain)
  const reading = { promise, maker: promise === undefined && MAKER.test(plain) && !ABOUT.test(plain) }
  if (READ.size >= MOST_READ) READ.clear()
  READ.set(Buffer.from(name).toString(), reading) // a copy: a slice would keep the whole text

  return reading
}

function promiseOf(plain: string): NamePromise | undefined {
  if (NOT_SECRET.test(plain)) return undefined
  if (PASSWORD.test(plain)) return ABOUT.test(plain) ? undefined : 'password'
  if (SECRET.test(plain))
    return ABOUT.test(plain) && !/webhook_url$|_salt$/.test(plain) ? undefined : 'secret'
  if (!TOKEN.test(plain) || ABOUT.test(plain)) return undefined
  return MAKER.test(plain) && !/^key|public/.test(plain) ? 'secret' : 'token'
}
