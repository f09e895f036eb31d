/** Expressions that the rules of several languages name with an `@`. */
export const KNOWN_EXPRESSIONS: Readonly<Record<string, RegExp>> = {
  /** How a statement of SQL, or a part that is added to one, begins. */
  sql: /^[\s({]*(?:select|insert|update|delete|replace|merge|with|create|alter|drop|truncate|exec|call|grant|union|show|set|from|declare|explain|pragma|where|order|and|or)\b/i,
  /** The text before a place where SQL has a value: what stands for a table or column may be meant. */
  'sql-value':
    /(?:=|like|<|>|\bin|values|limit|offset|\band|\bor|between|,|\+|\|\||where|having|match|call)[\s({]{0,8}(?:[NnEe]?['"`%(]{1,4})?[\w%.@-]{0,40}$|['"]%?$/i,
  /** The same, where not even a caller is known: only where nothing but a value can stand. */
  'sql-value-strict': /(?:=|like|\bin|values)[\s(]{0,8}['"`%(]{0,4}$|[,(]\s{0,4}['"]$/i,
  /** An address of our own: a path, a query, or one fixed host. */
  'own-address': /^(?:\/(?![/\\])[^/\\]|https?:\/\/[^/?#]+[/?#]|\?|#|\.{1,2}\/|[\w.-]+[/?#])/,
  /** A host that the value behind it cannot change any more. */
  'fixed-host': /^(?:https?:)?\/\/[^/?#@:]+(?::\d+)?[/?#]|^\/[^/]|^\?|^[\w.-]+\//,
  /** Words that say that something is protected here. */
  protects:
    /pass(?:w|\b|phrase)|pwd|secret|token|credential|sign|auth|session|csrf|salt|encrypt|secure|login|hmac|api_?key/i,
  /** Words that say that a hash only tells things apart. */
  'only-identifies':
    /checksum|etag|cache|fingerprint|dedup|integrity|file|chunk|asset|content|revision|bundle|gravatar|websocket|258EAFA5/i,
  /** The same for a whole function: hashes of paths, names and keys are not secrets. */
  'only-identifies-here':
    /checksum|etag|cache|fingerprint|dedup|integrity|file|chunk|content|revision|gravatar|url|path|digest|\bkey|name|block|uuid|\bid\b/i,
  /** What must not be guessed. */
  'must-not-be-guessed':
    /token|secret|passw|session_?(?:id|key)|csrf|nonce|\bsalt|\botp|\bpin\b|auth|credential|api_?key|verif|invite|reset|captcha|private_?key|encrypt|\biv\b|\bsid\b|remember|cookie/i,
  'credential-name':
    /(?:^[$@]?|[_.-]|(?<=[a-z]))(?:pass(?:word|wd|phrase)|pwd|secret(?:_?key(?:_?base)?)?|api_?(?:key|secret|token)|access_?(?:key|token)|auth_?(?:token|key)|private_?key|client_?secret|encryption_?key|jwt_?(?:secret|key)|session_?secret|signing_?key|db_?pass|mysql_?password|secret_?token|secret_?access_?key)$/i,
  /** A text that is a credential itself, not a label, a placeholder, an address or the name of one. */
  'credential-value':
    /^(?=[!-~]{4,200}$)(?!0x[\da-fA-F]+$)(?!(?:.*[\s<>{}$]|https?:|urn:|\/|\.|[*xX.#-]+$))(?!(?:true|false|null|none|undefined|string|number|text|hidden|required|optional|password|passwd|secret|token|bearer|basic|example|changeme|change_me|your|placeholder|dummy|redacted|username|user|test|todo|default|empty|n\/a|unknown|current-password|new-password|authorization|invalid|error|missing|True|False|None|Bearer|Basic|Password|Secret|Token|Test|Your|YOUR)(?:$|[_\W]))(?![a-z]+(?:[-_.:/][a-z]+)+$)(?![A-Z]+(?:_[A-Z]+)+$)(?![a-zA-Z]*(?:[Pp]assword|[Ss]ecret|[Tt]oken|[Kk]ey|[Aa]uth)[a-zA-Z]*$)/,
  /** Names that often mean something else. */
  'maybe-credential-name':
    /(?:^[$@]?|[_.-]|(?<=[a-z]))(?:pass|pw|token|bearer|creds?|credentials?|(?:auth|access|secret)_?id|license_?key|\bkey)$/i,
  /** A text that only a generator makes: letters and digits without a word. */
  'random-value':
    /^(?=.{12,200}$)(?!(?:[a-zA-Z]+[._-])+[a-z\d]{0,4}$)(?=[^\s]*[0-9])(?=[^\s]*[A-Za-z])[A-Za-z0-9_+/=.~-]+$/,
  /** A literal right behind a name that may be that of a credential. */
  'credential-words':
    /(?:(?:[Pp]ass(?:word|wd|phrase)|PASS(?:WORD|WD|PHRASE)|[Pp]wd|PWD|[Ss]ecret|SECRET|(?:[Aa]pi|API|[Aa]ccess|ACCESS|[Pp]rivate|PRIVATE|[Ee]ncryption|ENCRYPTION|[Ss]igning|SIGNING|[Ss]ecret|SECRET|[Jj]wt|JWT|[Aa]uth|AUTH)_?(?:[Kk]ey|KEY|[Tt]oken|TOKEN|[Ss]ecret|SECRET|[Bb]ase)|[Dd][Bb]_?(?:[Pp]ass|PASS)|key_base)["']?\]?\s{0,12}(?::\s{0,2})?(?:(?:string|str|String)\s{0,2})?(?::=|=>|[:=])\s{0,3}[brf]?["'`][^"'`\s]{4}|(?:[Pp]ass|PASS|[Kk]ey|KEY|[Tt]oken|TOKEN|[Bb]earer|\bpw|[Cc]red(?:s|entials?)?|_[Ii][Dd])["']?\]?\s{0,12}(?::\s{0,2})?(?:(?:string|str|String)\s{0,2})?(?::=|=>|[:=])\s{0,3}[brf]?["'`][^"'`\s]{12})/,
  /** A literal that a credential is compared with. */
  'credential-comparison':
    /(?:[Pp]ass(?:word|wd|phrase)|PASS(?:WORD|WD)|[Pp]wd|[Ss]ecret|[Tt]oken|[Kk]ey)["')\]]{0,3}\s{0,3}(?:[!=]==?|\.equals\()\s{0,3}["'][^"'\s]{4}|["'][^"'\s]{4,80}["']\s{0,3}(?:[!=]==?|\.equals\()\s{0,3}[\w$.@]{0,60}(?:[Pp]ass(?:word|wd|phrase)|[Pp]wd|[Ss]ecret|[Tt]oken|[Kk]ey)/,
  /** A group that repeats something that repeats: exponentially many ways to read a text. */
  'nested-repeat': /\((?:\?:)?(?:\[[^\]]{1,80}\]|\\[wdsWDS]|\w|\.)[+*]\)[+*]/,
}
