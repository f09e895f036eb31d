import { writtenTo } from '../places.ts'
import { operands } from '../reading.ts'
import type { CommandRule } from '../rule.ts'

const STARTUP_FILES: readonly RegExp[] = [
  /^(~|\/root|\/home\/[^/]+)\/\.(bashrc|bash_profile|bash_login|bash_logout|profile|zshrc|zprofile|zshenv|zlogin|kshrc|inputrc|xinitrc|xprofile|config\/fish\/.*|config\/autostart(\/.*)?|config\/systemd(\/.*)?|pam_environment|gitconfig|vimrc)$/,
  /^\/etc\/(profile(\.d\/.*)?|bash\.bashrc|zsh\/.*|cron.*|systemd\/.*|rc\.local|init\.d\/.*|ld\.so\.preload|ld\.so\.conf(\.d\/.*)?|environment|pam\.d\/.*|inittab)$/,
  /^\/(var\/spool\/cron|lib\/systemd|usr\/lib\/systemd)(\/|$)/,
  /(^|\/)authorized_keys2?$/,
  /\/Library\/Launch(Agents|Daemons)\//,
]

export const persistence: CommandRule = {
  name: 'command.persistence',
  class: 'Persistence',
  explanation: 'Refuses to arrange for something to run later or at every login.',
  remedy: 'Run it now, in the foreground; nothing outlives the sandbox.',
  refuses: [
    'crontab -e',
    'echo "* * * * * x" | crontab -',
    'echo evil >> ~/.bashrc',
    'systemctl enable evil',
    'echo x | tee -a ~/.profile',
    'at now + 1 hour',
  ],
  allows: ['crontab -l', 'cat ~/.bashrc', 'systemctl status', 'npm start &'],
  *look(reading) {
    for (const { name, args, span } of reading.invocations) {
      const words = args.map(({ text }) => text)
      const first = operands(args)[0]?.text ?? ''
      if (name === 'crontab' && !words.includes('-l'))
        yield { verdict: 'deny', reason: 'It schedules a job.', span }
      else if (
        name === 'at' ||
        name === 'batch' ||
        name === 'systemd-run' ||
        name === 'launchctl' ||
        name === 'update-rc.d' ||
        name === 'chkconfig'
      )
        yield { verdict: 'deny', reason: `${name} starts something that outlives this command.`, span }
      else if (name === 'systemctl' && !/^(status|list-.*|show|cat|is-.*)?$/.test(first))
        yield { verdict: 'deny', reason: 'It changes the services of the machine.', span }
      else if (name === 'service' && operands(args).length > 1 && operands(args)[1]?.text !== 'status')
        yield { verdict: 'deny', reason: 'It changes the services of the machine.', span }
    }
    for (const { text } of writtenTo(reading))
      if (STARTUP_FILES.some((pattern) => pattern.test(text)))
        yield { verdict: 'deny', reason: `${text} is run at login, at start-up or on a schedule.` }
  },
}
