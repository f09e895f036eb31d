import { couldName } from '../places.ts'
import type { Argument, Invocation } from '../reading.ts'
import { firstOperand, operands } from '../reading.ts'
import type { CommandRule, Sighting } from '../rule.ts'
import { namedThings } from '../touched.ts'

const SECRET_FILES = [
  '/etc/shadow',
  '/etc/gshadow',
  '/etc/shadow-',
  '/etc/sudoers',
  '/etc/krb5.keytab',
  '/proc/self/environ',
  '/proc/1/environ',
]

const SECRET_PATHS: readonly RegExp[] = [
  /(^|[/@=:])etc\/(g?shadow-?|sudoers|sudoers\.d\/[^/]*|krb5\.keytab|security\/opasswd|master\.passwd|spwd\.db)($|[\s,;])/,
  /\/ssh_host_[a-z0-9]{1,10}_key$/,
  /(^|[/@=:~])\.ssh(\/(id_[a-z0-9_]+|identity|[^/]*(key|\.pem)|\*)?)?$/,
  /(^|[/@=:~])\.(aws|gnupg|azure|oci)(\/sessions)?\/?$/,
  /(^|[/@=:~])\.config\/gcloud\/?$/,
  /(^|[/@=:~])\.aws\/(credentials|config|sso|cli|\*)/,
  /(^|[/@=:~])\.gnupg\/(private|secring|\*)/,
  /(^|[/@=:~])\.azure\/[^/]*([tT]oken|[pP]rofile|\*)/,
  /(^|[/@=:~])\.kube\/(config|\*)/,
  /(^|\/)\.docker\/config\.json/,
  /(^|\/)\.config\/(gh\/hosts|gcloud\/(application_default|credentials|access_tokens|legacy)|hub$|op\/|rclone\/|sops\/)/,
  /(^|\/)\.(git-credentials|pgpass|vault-token|my\.cnf|mylogin\.cnf|s3cfg|boto|databrickscfg|terraformrc)$/,
  /(^|\/)\.(bash|zsh|python|mysql|psql)_history$/,
  /^(@|file:\/\/)?(~|\/root|\/home\/[^/]+)\/([^\s]{1,200}\/)?\.(netrc|npmrc|pypirc|env)$/,
  /(^|\/)\.netrc$/,
  /(^|\/)id_(rsa|dsa|ecdsa|ed25519)(_sk)?$/,
  /(^|\/)(key[34]\.db|logins\.json|cookies\.sqlite|Login Data|Web Data|Local State|login\.keychain(-db)?|wallet\.dat|master\.key)$|\/(chromium|google-chrome|Chrome|Firefox)\/[^,]{0,200}\/Cookies$/,
  /^\/(var\/)?run\/secrets(\/|$)/,
  /^\/var\/lib\/(docker\/(volumes|overlay2|containers)|kubelet\/pods|containerd\/\w{1,60})\/./,
  /\/jenkins\/(secrets|credentials\.xml)/,
  /^HKLM\\(SAM|SECURITY|SYSTEM)/i,
]

/** Programs that print a stored credential, with the words that make them do it. */
const PRINTERS: Readonly<Record<string, RegExp>> = {
  git: /^(credential( |$)|credential-(store|cache|osxkeychain))/,
  gh: /^auth token/,
  gcloud: /auth (application-default )?print-(access|identity)-token/,
  aws: /^configure (get .{0,60}(secret|key|token|cred)|export)|^sts (get-session|assume|get-federation)|^secretsmanager get|^ssm get-param|^ecr get-login/,
  az: /account get-access-token|keyvault secret (show|list)/,
  kubectl: /^(get|describe) secrets?\b|--raw|^create token/,
  oc: /^whoami -t|^(get|describe) secrets?\b/,
  security: /find-(generic|internet)-password|dump-keychain|export/,
  pass: /^(show|[\w-]+\/)/,
  op: /^(read|item get|document get)/,
  vault: /^(kv get|read|print token|token lookup)/,
  'secret-tool': /^lookup|^search/,
  gpg: /^--?export-secret/,
  gpg2: /^--?export-secret/,
  keyctl: /^(read|print|pipe)/,
  getent: /^(shadow|gshadow)/,
  reg: /^save (HKLM|hklm)/,
  npm: /^token list|^config get .*(_auth|token)/,
  heroku: /^auth:token|^config/,
  doctl: /^auth/,
}

/** Programs that exist to collect or crack passwords, or to search a machine for a way up. */
const CRACKERS = new Set(
  'unshadow john hashcat hydra medusa ncrack crackmapexec nxc mimipenguin mimipenguin.sh pypykatz lazagne laZagne.py secretsdump.py impacket-secretsdump hashdump truffleHog responder keydump procdump linpeas linpeas.sh LinEnum.sh lse.sh deepce.sh peirates kube-hunter'.split(
    ' ',
  ),
)

export const credentialAccess: CommandRule = {
  name: 'command.credential-access',
  class: 'credentials',
  explanation: 'Refuses to read passwords, private keys, tokens and the files in which programs keep them.',
  remedy: 'Work with the repository alone; a test that needs a secret takes a made-up one from a fixture.',
  refuses: [
    'cat /etc/shadow',
    'cat ~/.ssh/id_rsa',
    'tar czf k.tgz ~/.ssh',
    'cat /etc/sh?dow',
    'F=/etc/shadow; cat $F',
    'gh auth token',
    `python3 -c "print(open('/etc/shadow').read())"`,
  ],
  allows: [
    'cat .npmrc',
    'grep -rn "/etc/shadow" src',
    'git commit -m "Mention ~/.ssh in the guide"',
    'cat ~/.ssh/id_ed25519.pub',
    'ls -la ~/.ssh',
    'kubectl config get-contexts',
  ],
  *look(reading) {
    const listed = new Set(reading.invocations.flatMap(({ name, args }) => (LISTERS.test(name) ? args : [])))
    for (const thing of namedThings(reading))
      if (!listed.has(thing) && isSecret(thing))
        yield { verdict: 'deny', reason: `${thing.text.slice(0, 120)} holds credentials or leads to them.` }
    for (const invocation of reading.invocations) yield* objections(invocation)
    for (const { strings, interpreter, span } of reading.codes)
      if (strings.some((text) => text.length < 300 && SECRET_PATHS.some((pattern) => pattern.test(text))))
        yield {
          verdict: 'deny',
          reason: `The inline ${interpreter} program names a place that holds credentials.`,
          span,
        }
  },
}

function* objections(invocation: Invocation): Iterable<Sighting> {
  const { name, args, span } = invocation
  if (
    CRACKERS.has(name) ||
    args.some(({ text }) => /(^|\/)(mimipenguin|lazagne|secretsdump)\.(py|sh)$/i.test(text))
  )
    yield { verdict: 'deny', reason: `${name} collects or cracks passwords.`, span }
  const action = Object.hasOwn(PRINTERS, name) ? PRINTERS[name] : undefined
  if (!action) return
  const line = name.startsWith('gpg')
    ? (args.find(({ text }) => text.startsWith('--export-secret'))?.text ?? '')
    : name === 'git'
      ? gitWords(args)
      : args
          .map(({ text }) => text)
          .join(' ')
          .slice(0, 400)
  if (action.test(line)) yield { verdict: 'deny', reason: `${name} would print a stored credential.`, span }
}

function gitWords(args: readonly Argument[]): string {
  return firstOperand(args).startsWith('credential')
    ? operands(args)
        .map(({ text }) => text)
        .join(' ')
    : ''
}

/** They look at names and modes only. */
const LISTERS = /^(ls|ll|cd|mkdir|stat|chmod|chown|test)$/

function isSecret(argument: Argument): boolean {
  const text =
    argument.text.includes('//') || argument.text.includes('/./')
      ? argument.text.replace(/\/(\.?\/){1,64}/g, '/')
      : argument.text
  if (text.length > 2_000 || text.endsWith('.pub')) return false
  return (
    SECRET_PATHS.some((pattern) => pattern.test(text)) ||
    SECRET_FILES.some((path) => couldName(argument, path))
  )
}
