import type { Invocation } from '../reading.ts'
import { operands } from '../reading.ts'
import type { CommandRule } from '../rule.ts'

const MANAGERS: readonly [RegExp, RegExp][] = [
  [
    /^(apt|apt-get|aptitude)$/,
    /^(install|remove|purge|upgrade|full-upgrade|dist-upgrade|update|autoremove|reinstall|build-dep)$/,
  ],
  [
    /^(yum|dnf|microdnf|zypper|emerge|pkg|port|snap|flatpak|brew)$/,
    /^(install|remove|erase|upgrade|update|reinstall|in|rm|uninstall|tap)$/,
  ],
  [/^apk$/, /^(add|del|upgrade|update|fix)$/],
  [/^nix-env$/, /./],
]

export const systemInstall: CommandRule = {
  name: 'command.system-install',
  class: 'System-wide installs',
  explanation: 'Refuses to install software for the whole machine.',
  remedy:
    'Install into the project (`npm install`, a virtual environment), or ask for it in the setup of airlock.yaml.',
  refuses: [
    'apt-get install -y nmap',
    'npm install -g typescript',
    'pip install --break-system-packages requests',
    'yarn global add x',
    'make install',
  ],
  allows: [
    'npm install',
    'npm ci',
    'pip install -r requirements.txt',
    'apt list --installed',
    'dpkg -l',
    'make install DESTDIR=build',
  ],
  *look(reading) {
    for (const invocation of reading.invocations)
      if (installsForAll(invocation))
        yield {
          verdict: 'deny',
          reason: `${invocation.name} would change software outside the project.`,
          span: invocation.span,
        }
      else if (invocation.name === 'make' && installsWithoutPlace(invocation))
        yield {
          verdict: 'ask',
          reason: 'make install writes to the system unless DESTDIR or PREFIX says otherwise.',
          span: invocation.span,
        }
  },
}

function installsForAll(invocation: Invocation): boolean {
  const { name, args } = invocation
  const words = args.map(({ text }) => text)
  const first = operands(args)[0]?.text ?? ''
  if (MANAGERS.some(([manager, action]) => manager.test(name) && action.test(first))) return true
  switch (name) {
    case 'dpkg':
      return words.some((word) => /^(-i|-r|-P|--install|--remove|--purge|--unpack|--configure)$/.test(word))
    case 'rpm':
      return words.some(
        (word) => /^(-[a-zA-Z]*[iUeF][a-zA-Z]*|--install|--upgrade|--erase)$/.test(word) && !/^-q/.test(word),
      )
    case 'pacman':
      return words.some((word) => /^-[SRU]/.test(word) && !/^-S[si]/.test(word))
    case 'npm':
    case 'pnpm':
    case 'bun':
      return (
        /^(i|install|add|update|uninstall|link|rm|remove)$/.test(first) &&
        words.some((word) => /^(-g|--global|--location=global)$/.test(word))
      )
    case 'yarn':
      return first === 'global'
    case 'gem':
      return first === 'install' && !words.some((word) => /^(--user-install|-i|--install-dir)/.test(word))
    case 'update-alternatives':
    case 'ldconfig':
    case 'easy_install':
      return true
    default:
      return /^pip[0-9.]*$|^python[0-9.]*$/.test(name) && pipForAll(words)
  }
}

function pipForAll(words: readonly string[]): boolean {
  if (!words.includes('install')) return false
  return words.some(
    (word) => word === '--break-system-packages' || /^--(prefix|root|target)=?\/(usr|opt|$)/.test(word),
  )
}

function installsWithoutPlace({ args }: Invocation): boolean {
  const words = args.map(({ text }) => text)
  return words.includes('install') && !words.some((word) => /^(DESTDIR|PREFIX|prefix)=/.test(word))
}
