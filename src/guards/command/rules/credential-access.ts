import { couldName, namedThings } from '../places.ts'
import type { Argument, Invocation } from '../reading.ts'
import { operands } from '../reading.ts'
import type { CommandRule } from '../rule.ts'

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
  /(^|[/@=:])etc\/(shadow-?|gshadow-?|sudoers(\.d)?|krb5\.keytab)($|[/\s])/,
  /(^|[/@=:~])\.(ssh|aws|gnupg|azure|kube)(\/|$)/,
  /(^|\/)\.docker\/config\.json/,
  /(^|\/)\.config\/(gh|gcloud|hub|op|rclone|sops)(\/|$)/,
  /(^|\/)\.(git-credentials|pgpass|vault-token|my\.cnf|bash_history|zsh_history)$/,
  /^(@|file:\/\/)?(~|\/root|\/home)[^\s]*\/\.(netrc|npmrc|pypirc|env)$/,
  /(^|\/)\.netrc$/,
  /(^|\/)id_(rsa|dsa|ecdsa|ed25519)(_sk)?$/,
  /^\/?proc\/[^/]+\/(environ|mem|maps|root|cwd|fd)(\/|$)/,
  /(^|[/:])(docker|containerd|crio|podman)\.sock$/,
  /^\/(var\/)?run\/secrets(\/|$)/,
  /169\.254\.169\.254|169\.254\.170\.2|100\.100\.100\.200|metadata\.google\.internal|fd00:ec2::254|\[::ffff:a9fe:a9fe\]/i,
  /^https?:\/\/(0x[0-9a-f]{8}|\d{8,10}|0[0-7]+\.)/i,
]

/** Programs that print a stored credential, with the words that make them do it. */
const PRINTERS: readonly [RegExp, RegExp][] = [
  [/^git$/, /(^| )credential( |$)|credential-(store|cache|osxkeychain)/],
  [/^gh$/, /^auth (token|status)/],
  [/^gcloud$/, /auth (application-default )?print-(access|identity)-token/],
  [/^aws$/, /configure (get|export)|sts get-session-token|secretsmanager get|ssm get-parameter/],
  [/^az$/, /account get-access-token|keyvault secret/],
  [/^kubectl$/, /(get|describe) secrets?/],
  [/^security$/, /find-(generic|internet)-password|dump-keychain/],
  [
    /^(pass|op|vault|secret-tool|gpg)$/,
    /^(show|read|kv get|lookup|item get|--export-secret|.*--export-secret)/,
  ],
]

export const credentialAccess: CommandRule = {
  name: 'command.credential-access',
  class: 'Credential access',
  explanation:
    "Refuses to read passwords, keys, tokens, other processes' environments, engine sockets and cloud metadata.",
  remedy: 'Work with the repository alone; a test that needs a secret takes a made-up one from a fixture.',
  refuses: [
    'cat /etc/shadow',
    'cat ~/.ssh/id_rsa',
    'curl http://169.254.169.254/latest/meta-data/',
    'cat /proc/1/environ',
    'cat /etc/sh?dow',
    'F=/etc/shadow; cat $F',
  ],
  allows: [
    'cat .npmrc',
    'grep -rn "/etc/shadow" src',
    'git commit -m "Mention ~/.ssh in the guide"',
    'cat /etc/os-release',
  ],
  *look(reading) {
    for (const thing of namedThings(reading)) {
      if (isSecret(thing))
        yield { verdict: 'deny', reason: `${thing.text} holds credentials or leads to them.` }
    }
    for (const invocation of reading.invocations)
      if (printsCredential(invocation))
        yield {
          verdict: 'deny',
          reason: `${invocation.name} would print a stored credential.`,
          span: invocation.span,
        }
    for (const { code, interpreter, span } of reading.inline)
      if (stringsOf(code).some((text) => SECRET_PATHS.some((pattern) => pattern.test(text))))
        yield {
          verdict: 'deny',
          reason: `The inline ${interpreter} program names a place that holds credentials.`,
          span,
        }
  },
}

function isSecret(argument: Argument): boolean {
  const text = argument.text.replace(/\/(\.?\/)+/g, '/')
  return (
    SECRET_PATHS.some((pattern) => pattern.test(text)) ||
    SECRET_FILES.some((path) => couldName(argument, path))
  )
}

function printsCredential({ name, args }: Invocation): boolean {
  const words = operands(args).concat(args.filter(({ text }) => text.startsWith('--export-secret')))
  const line = words.map(({ text }) => text).join(' ')
  return PRINTERS.some(([program, action]) => program.test(name) && action.test(line))
}

/** What stands between quotes in code; comments and names do not count. */
function stringsOf(code: string): string[] {
  return [...code.matchAll(/(["'`])((?:\\.|(?!\1)[^\\])*)\1/g)].map((match) => match[2] ?? '')
}
