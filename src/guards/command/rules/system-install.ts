import type { Argument, Invocation } from '../reading.ts'
import { firstOperand, hasFlag, hasWord, operands } from '../reading.ts'
import type { CommandRule } from '../rule.ts'

const MANAGERS: Readonly<Record<string, ReadonlySet<string>>> = {
  apt: set(
    'install remove purge upgrade full-upgrade dist-upgrade update autoremove reinstall build-dep satisfy',
  ),
  yum: set('install remove erase upgrade update reinstall localinstall groupinstall downgrade'),
  zypper: set('install in remove rm update up upgrade dist-upgrade dup addrepo ar patch'),
  brew: set('install uninstall remove upgrade reinstall tap link'),
  apk: set('add del upgrade update fix'),
  snap: set('install remove refresh'),
  port: set('install uninstall upgrade selfupdate'),
}
const SAME: Readonly<Record<string, string>> = {
  'apt-get': 'apt',
  aptitude: 'apt',
  nala: 'apt',
  dnf: 'yum',
  microdnf: 'yum',
  tdnf: 'yum',
  'rpm-ostree': 'yum',
  pkg: 'yum',
  emerge: 'yum',
  flatpak: 'snap',
  'xbps-install': 'yum',
}

export const systemInstall: CommandRule = {
  name: 'command.system-install',
  class: 'install',
  explanation: 'Asks before software is installed, removed or replaced for the whole machine.',
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
    'brew list',
  ],
  *look(reading, { phase }) {
    if (phase === 'prepare') return
    for (const invocation of reading.invocations)
      if (installsForAll(invocation))
        yield {
          verdict: 'ask',
          reason: `${invocation.name} would change software outside the project.`,
          span: invocation.span,
        }
  },
}

function installsForAll(invocation: Invocation): boolean {
  const { name, args } = invocation
  const first = firstOperand(args)
  const manager = MANAGERS[SAME[name] ?? name]
  if (manager !== undefined)
    return (
      operands(args).some(({ text }) => manager.has(text)) &&
      !hasWord(args, '--dry-run', '-s', '--simulate', '--help')
    )
  switch (name) {
    case 'dpkg':
      return hasWord(args, '-i', '-r', '-P', '--install', '--remove', '--purge', '--unpack', '--configure')
    case 'rpm':
      return args.some(
        ({ text }) =>
          /^(-[UFie]|--install|--upgrade|--erase|--import)/.test(text) && !/^-(q|-?eval|E)/.test(text),
      )
    case 'pacman':
    case 'yay':
    case 'paru':
      return args.some(({ text }) => /^-[SRU]/.test(text) && !/^-S[sigl]/.test(text))
    case 'nix-env':
      return hasFlag(args, 'i') || hasFlag(args, 'e') || hasFlag(args, 'u')
    case 'npm':
    case 'pnpm':
    case 'bun':
      return (
        /^(i|install|add|update|uninstall|rm|remove)$/.test(first) &&
        hasWord(args, '-g', '--global', '--location=global')
      )
    case 'yarn':
      return first === 'global' && hasWord(args, 'add', 'remove', 'upgrade')
    case 'gem':
      return first === 'install' && !args.some(({ text }) => /^(--user-install|-i|--install-dir)/.test(text))
    case 'cargo':
      return (
        first === 'install' &&
        args.some(
          ({ text }, index) =>
            /^--root(=\/usr|$)/.test(text) && /^(\/usr|--root)/.test(args[index + 1]?.text ?? text),
        )
      )
    case 'update-alternatives':
    case 'apt-key':
    case 'add-apt-repository':
    case 'easy_install':
      return args.length > 0 && !hasWord(args, '--list', '--display', '--query', 'list', '--help')
    case 'ldconfig':
      return !hasFlag(args, 'p', '--print-cache')
    case 'make':
    case 'gmake':
    case 'ninja':
    case 'cmake':
    case 'meson':
      return installsWithoutPlace(args)
    default:
      return /^pip[0-9.]*$|^python[0-9.]*$/.test(name) && pipForAll(args)
  }
}

function pipForAll(args: readonly Argument[]): boolean {
  return (
    hasWord(args, 'install') &&
    args.some(
      ({ text }) => text === '--break-system-packages' || /^--(prefix|root|target)=?\/(usr|opt|$)/.test(text),
    )
  )
}

function installsWithoutPlace(args: readonly Argument[]): boolean {
  return (
    hasWord(args, 'install', '--install') &&
    !args.some(({ text }) => /^(DESTDIR|PREFIX|prefix|--prefix|--destdir)/.test(text))
  )
}

function set(text: string): ReadonlySet<string> {
  return new Set(text.split(' '))
}
