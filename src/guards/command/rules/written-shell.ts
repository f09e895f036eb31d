import type { Invocation } from '../reading.ts'
import { operands } from '../reading.ts'
import type { CommandRule, Sighting } from '../rule.ts'
import { startsShell } from '../starts-shell.ts'

export const writtenShell: CommandRule = {
  name: 'command.written-shell',
  class: 'shell-escape',
  explanation:
    'Asks before a file is written that starts a shell in the program that reads it, or a shell gets another name.',
  remedy: 'Write what the shell should do: `sh -c "…"`, or the commands themselves.',
  refuses: [
    `T=$(mktemp); echo 'exec "/bin/sh";' > $T; cowsay -f $T x`,
    `echo '{"scripts":{"preinstall":"/bin/sh"}}' > package.json; npm install`,
    `cat > setup.py <<'E'\nimport os; os.execl('/bin/sh', 'sh')\nE\npip install .`,
    'cp /bin/sh ./git-x',
    'ln -s /bin/bash /tmp/ls',
  ],
  allows: [
    `printf '#!/bin/sh\\nexec node "$@"\\n' > bin/app`,
    `echo 'SHELL=/bin/bash' > .env`,
    `echo '{"shell": "/bin/bash"}' > settings.json`,
    'cp /bin/busybox rootfs/bin/',
    `echo 'CMD ["/bin/bash"]' >> Dockerfile`,
  ],
  *look(reading) {
    for (const invocation of reading.invocations) {
      const what = objection(invocation)
      if (what !== undefined) yield { verdict: 'ask', reason: what, span: invocation.span }
    }
  },
}

function objection(invocation: Invocation): Sighting['reason'] | undefined {
  const { name, args, input, redirects } = invocation
  const writes = name === 'tee' || redirects.some(({ operator }) => operator.startsWith('>'))
  if (writes && /^(echo|printf|cat|tee)$/.test(name)) {
    const texts = [...input, ...(name === 'echo' || name === 'printf' ? args : [])]
    if (texts.some(({ text }) => startsShell(text)))
      return 'It writes a file that starts a shell where it is read.'
  }
  if (
    /^(cp|ln|install)$/.test(name) &&
    operands(args)
      .slice(0, -1)
      .some(({ text }) => SHELL_FILE.test(text))
  )
    return `${name} gives a shell another name.`
  return undefined
}

const SHELL_FILE = /^(\/usr)?\/bin\/(ba|da|z|k|c|a)?sh$/
