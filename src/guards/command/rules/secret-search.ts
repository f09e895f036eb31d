import type { Invocation } from '../reading.ts'
import { operands, optionValues } from '../reading.ts'
import type { CommandRule, Sighting } from '../rule.ts'
import { searched } from '../touched.ts'

const SECRET_WORD =
  /pass(w(or)?d|phrase)?s?\b|passw|secrets?\b|credential|api[_-]?key|access[_-]?key|private[_ -]?key|auth[_-]?token|\btokens?\b|DB_PASS/i
const SECRET_NAME =
  /^\*?(id_(rsa|dsa|ecdsa|ed25519)|\.?env|\.netrc|\.(gnupg|ssh|aws|azure|kube|docker|password-store)|wallet\.dat|\.htpasswd|\.pgpass|\.git-credentials|credentials|shadow|key[34]\.db|logins\.json|wp-config\.php|secrets?\.\w{1,5}|\*\.(pem|key|kdbx?|p12|pfx|ppk|keytab|ovpn|jks|keystore)|\.(pem|key|kdbx?|p12|pfx))\*?$/i
const SECRET_VARIABLE =
  /(^|_)(TOKEN|SECRET|PASSWORD|PASSWD|PASSPHRASE|API_?KEY|ACCESS_?KEY|SECRET_?KEY|PRIVATE_?KEY|CREDENTIALS)$/

export const secretSearch: CommandRule = {
  name: 'command.secret-search',
  class: 'credentials',
  explanation:
    'Refuses to search the machine for passwords and keys; asks before secrets of the environment are printed.',
  remedy: 'Search the workspace only; `test -n "$TOKEN"` tells whether a variable is set without showing it.',
  refuses: [
    'grep -ri password /etc /home',
    'find / -name id_rsa',
    'env | grep -i secret',
    'printenv AWS_SECRET_ACCESS_KEY',
    'echo $GITHUB_TOKEN',
  ],
  allows: [
    'grep -rn password src/',
    "find . -name '*.key'",
    'env | sort',
    'printenv PATH',
    'grep -i error ~/.config/app.log',
    'test -n "$GITHUB_TOKEN"',
  ],
  *look(reading) {
    for (const invocation of reading.invocations) yield* objections(invocation)
  },
}

function* objections(invocation: Invocation): Iterable<Sighting> {
  const { name, args, upstream, redirects, span } = invocation
  if (/^(grep|egrep|fgrep|rg|ag|ack|zgrep)$/.test(name)) {
    const files = searched(args)
    const pattern = [...optionValues(args, '-e', '--regexp'), ...operands(args).slice(0, 1)]
      .map(({ text }) => text)
      .join(' ')
    if (!SECRET_WORD.test(pattern.slice(0, 500))) return
    if (files.some(({ text }) => reachesFar(text)))
      yield { verdict: 'deny', reason: 'It searches the machine for secrets.', span }
    else if (
      upstream.some(
        (left) =>
          (/^(env|printenv|set|export|declare|strings|history|ps)$/.test(left.name) &&
            left.args.length === 0) ||
          (left.name === 'ps' && left.args.some(({ text }) => /^[auxfw]*e[auxfw]*$/.test(text))) ||
          left.args.some(({ text }) => text.startsWith('/proc') || text.startsWith('/dev/')),
      )
    )
      yield { verdict: 'deny', reason: 'It looks for secrets in the environment.', span }
  } else if (name === 'find' || name === 'fd' || name === 'locate') {
    const named = args.filter(({ text }, index) =>
      name === 'locate'
        ? !text.startsWith('-')
        : /^-(i?name|i?wholename|i?path)$/.test(args[index - 1]?.text ?? '') ||
          (name === 'fd' && text.includes('.')),
    )
    const roots = name === 'find' ? operands(args).slice(0, 1) : args
    const far = name === 'locate' || roots.some(({ text }) => reachesFar(text))
    if (far && named.some(({ text }) => SECRET_NAME.test(text)))
      yield { verdict: 'deny', reason: 'It searches the machine for keys and passwords.', span }
  } else if (name === 'printenv') {
    if (args.some(({ text }) => SECRET_VARIABLE.test(text)))
      yield { verdict: 'ask', reason: 'It prints a secret of the environment.', span }
  } else if (
    (name === 'echo' || name === 'printf') &&
    !redirects.some(({ operator }) => operator.startsWith('>'))
  ) {
    const shown = args.find(
      ({ text, variables }) =>
        variables?.some((variable) => SECRET_VARIABLE.test(variable)) && /^["']?\$\{?\w+\}?["']?$/.test(text),
    )
    if (shown && !invocation.via.includes('xargs'))
      yield { verdict: 'ask', reason: `It prints ${shown.text}.`, span }
  }
}

/** Beyond any project: the root, everybody's homes, the settings of the machine. */
function reachesFar(path: string): boolean {
  return /^(\/|~|\/(etc|home|root|var|opt|srv|mnt|proc|usr|Users|run)(\/[^/]{0,60})?|~\/|\/home\/[^/]+)\/?\*?$/.test(
    path,
  )
}
