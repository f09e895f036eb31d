import type { Invocation } from '../reading.ts'
import type { CommandRule } from '../rule.ts'
import { staticOutput } from '../static-output.ts'
import { writtenTo } from '../touched.ts'

/** Read at login, at every start of a shell or of another program, or at boot. */
const HOME_FILES =
  /^(~|\/root|\/home\/[^/]+|\/Users\/[^/]+)\/\.(bashrc|bash_profile|bash_login|bash_logout|bash_aliases|profile|zshrc|zprofile|zshenv|zlogin|zlogout|kshrc|cshrc|tcshrc|login|inputrc|xinitrc|xsession|xprofile|xsessionrc|pam_environment|gitconfig|vimrc|gdbinit|lldbinit|pythonrc|irbrc|pryrc|emacs|exrc|config\/(fish|autostart|systemd|environment\.d|plasma-workspace)|local\/share\/systemd|vim\/plugin|ssh\/rc|ssh\/environment)($|\/)/
const SYSTEM_FILES =
  /^\/etc\/(profile|profile\.d|bash\.bashrc|bashrc|zsh|zshrc|zshenv|csh|cron|crontab|anacrontab|at\.|systemd|rc\.|rc\d|init|inittab|ld\.so|environment|pam\.d|pam\.conf|security|udev|update-motd\.d|motd|modules|modprobe\.d|apt\/apt\.conf|xdg\/autostart|NetworkManager\/dispatcher|network\/if-|dhcp|xinetd|inetd|ppp\/ip-up|skel|vim|sitecustomize|logrotate\.d|rsyslog\.d|polkit-1|dbus-1\/system)/
const OTHER_FILES: readonly RegExp[] = [
  /^\/var\/spool\/(cron|at)(\/|$)/,
  /^(\/usr)?\/lib\/(systemd|udev|modules|security)(\/|$)/,
  /^(\/usr)?\/lib\/[^/]+\/security(\/|$)/,
  /\/Library\/(LaunchAgents|LaunchDaemons|StartupItems)(\/|$)/,
  /(^|\/)authorized_keys2?$/,
  /(^|\/)(site|user)customize\.py$/,
]

const MERELY_TOUCHES = new Set(['chmod', 'chown', 'chgrp', 'touch'])

export const startupFiles: CommandRule = {
  name: 'command.startup-files',
  class: 'persistence',
  explanation:
    'Refuses to write what is run at login, at boot, at the start of a program or on a schedule, and keys that let somebody in.',
  remedy: 'Run it now, in the foreground; settings of the project belong into its own files.',
  refuses: [
    'echo evil >> ~/.bashrc',
    'cp x.service /etc/systemd/system/',
    'cat key.pub >> ~/.ssh/authorized_keys',
    'echo /tmp/x.so > /etc/ld.so.preload',
    `python3 -c "open('/root/.bashrc', 'a').write('x')"`,
  ],
  allows: [
    'cat ~/.bashrc',
    'source ~/.profile',
    'cp ~/.zshrc backup/',
    "echo 'export A=1' >> .envrc",
    'ls /etc/cron.d',
  ],
  *look(reading) {
    for (const { target, by, invocation } of writtenTo(reading)) {
      const text =
        by === 'cp' || by === 'mv' || by === 'ln' || by === 'install'
          ? target.text
          : target.text.replace(/\/$/, '')
      if (isStartup(text) && !MERELY_TOUCHES.has(by))
        yield {
          verdict: setsUpShell(text, invocation) ? 'ask' : 'deny',
          reason: `${text} is run or read at login, at start-up or on a schedule.`,
          span: invocation?.span,
        }
    }
    for (const { writes, interpreter, strings, names, span } of reading.codes) {
      const written = [...writes, ...(names.has('open') || names.has('write') ? strings : [])].filter(
        (text) => text.startsWith('/') || text.startsWith('~'),
      )
      const found = written.find(isStartup)
      if (found !== undefined)
        yield { verdict: 'deny', reason: `The inline ${interpreter} program writes ${found}.`, span }
    }
  },
}

function isStartup(path: string): boolean {
  return (
    HOME_FILES.test(path) ||
    SYSTEM_FILES.test(path) ||
    OTHER_FILES.some((pattern) => pattern.test(path)) ||
    loadsAtImport(path)
  )
}

/** Python runs the lines of a `.pth` file whenever it starts. */
function loadsAtImport(path: string): boolean {
  return (
    /(site|dist)-packages\/?/.test(path) &&
    (path.endsWith('.pth') || path.endsWith('-packages') || path.endsWith('-packages/'))
  )
}

/** What installers ask people to add: a directory of the PATH, a variable, the start of a tool. */
function setsUpShell(path: string, invocation: Invocation | undefined): boolean {
  if (!/\/\.(bashrc|zshrc|profile|bash_profile|zprofile|zshenv)$/.test(path)) return false
  if (invocation === undefined || !/^(echo|printf|tee)$/.test(invocation.name)) return false
  const line =
    staticOutput(invocation.name === 'tee' ? invocation.upstream : [{ ...invocation, redirects: [] }]) ?? ''
  return (
    /^\s?(export [A-Z_]{2,40}=|eval "\$\([\w-]{1,40} |source <\([\w-]{1,40} |\[ -[sf] "?\$)/.test(line) &&
    !/\/tmp|\/dev\/|LD_|PROMPT_COMMAND|HIST|curl|wget|base64/.test(line)
  )
}
