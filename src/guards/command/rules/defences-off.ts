import type { Invocation } from '../reading.ts'
import { firstOperand, hasFlag, hasWord, operands } from '../reading.ts'
import type { CommandRule } from '../rule.ts'
import { writtenTo } from '../touched.ts'

/** Programs and services that watch or guard a machine. */
const DEFENDERS =
  /^(auditd?|auditbeat|rsyslogd?|syslog(-ng|d)?|systemd-journald|journald|fail2ban(-server)?|sshguard|apparmor|selinux|ufw|firewalld|iptables|ip6tables|nftables|netfilter-persistent|pf|falco|osqueryd?|ossec|wazuh(-agent)?|falcon-sensor|falcond|crowdstrike|cbdaemon|cbagentd|carbonblack|sentinelone|sentinelctl|mdatp|sysmon|clamav(-daemon|-freshclam)?|clamd|freshclam|rkhunter|chkrootkit|aide|tripwire|samhain|snort|suricata|zeek|td-agent|fluentd?|fluent-bit|filebeat|splunkd?|esets?|sav-protect|ds_agent|xagt|tanium(client)?|cylancesvc|auoms|mcafee|ma)(\.service)?$/i
const SETTINGS =
  /^\/etc\/(selinux|apparmor|apparmor\.d|ufw|default\/ufw|iptables|nftables|firewalld|fail2ban|audit|pf\.conf|hosts\.(allow|deny)|security)(\/|\.conf|$)/

export const defencesOff: CommandRule = {
  name: 'command.defences-off',
  class: 'evasion',
  explanation:
    'Refuses to stop what watches the machine, to open its firewall, or to turn off mandatory access control.',
  remedy: 'Leave them on; read their state with `status`, `-L` or `getenforce`.',
  refuses: [
    'systemctl stop auditd',
    'iptables -F',
    'setenforce 0',
    'ufw disable',
    'pkill -9 rsyslogd',
    'auditctl -D',
  ],
  allows: [
    'systemctl status auditd',
    'iptables -L -n',
    'getenforce',
    'ufw status',
    'pkill -f "node server.js"',
    'auditctl -l',
  ],
  *look(reading) {
    for (const invocation of reading.invocations)
      if (turnsOff(invocation))
        yield {
          verdict: 'deny',
          reason: `${invocation.name} would weaken what watches or guards the machine.`,
          span: invocation.span,
        }
    for (const { target, invocation } of writtenTo(reading))
      if (SETTINGS.test(target.text))
        yield { verdict: 'deny', reason: `It changes ${target.text}.`, span: invocation?.span }
  },
}

/** True for a change of a service that watches or guards the machine. */
export function isDefence({ args }: Pick<Invocation, 'args'>): boolean {
  return operands(args).some(({ text }) => DEFENDERS.test(text.slice(text.lastIndexOf('/') + 1)))
}

function turnsOff(invocation: Invocation): boolean {
  const { name, args } = invocation
  const words = args.map(({ text }) => text)
  switch (name) {
    case 'systemctl':
    case 'service':
    case 'rc-service':
      return (
        isDefence(invocation) && words.some((word) => /^(stop|disable|mask|kill|restart|reload)$/.test(word))
      )
    case 'kill':
    case 'pkill':
    case 'killall':
      if (hasWord(args, '-HUP', '-USR1', '-USR2', '-0', '-1', '-l')) return false
      return (
        isDefence(invocation) ||
        args.some(({ substitutions }) =>
          substitutions.some((inner) => /^(pidof|pgrep)$/.test(inner.name) && isDefence(inner)),
        )
      )
    case 'apt':
    case 'apt-get':
    case 'yum':
    case 'dnf':
      return /^(remove|purge|erase|autoremove)$/.test(firstOperand(args)) && isDefence(invocation)
    case 'auditctl':
      return words.some((word) => /^-(D|d|W)$/.test(word)) || (words.includes('-e') && words.includes('0'))
    case 'iptables':
    case 'ip6tables':
    case 'ebtables':
    case 'arptables':
      return words.some((word) =>
        /^(-[FXDPARIZE]|--(flush|delete|policy|append|insert|replace|delete-chain|zero))$/.test(word),
      )
    case 'iptables-restore':
    case 'ip6tables-restore':
      return true
    case 'nft':
      return words.some((word) => /^(flush|delete|add|insert|replace|-f)$/.test(word))
    case 'ufw':
      return words.some((word) =>
        /^(disable|reset|allow|delete|default|logging|prepend|insert|reload|route)$/.test(word),
      )
    case 'firewall-cmd':
      return words.some((word) => /^--(add|remove|panic-off|set|reload|permanent|delete)/.test(word))
    case 'pfctl':
      return hasFlag(args, 'd') || hasFlag(args, 'F') || hasFlag(args, 'f')
    case 'setenforce':
      return true
    case 'setsebool':
    case 'semanage':
    case 'semodule':
      return words.length > 0 && !hasWord(args, '-l')
    case 'aa-teardown':
    case 'aa-disable':
    case 'aa-complain':
    case 'aa-remove-unknown':
      return true
    case 'apparmor_parser':
      return hasFlag(args, 'R') || words.includes('--remove')
    case 'falconctl':
    case 'mdatp':
    case 'sentinelctl':
      return words.length > 0 && !/^(health|status|version|-g|info)$/.test(words[0] ?? '')
    default:
      return false
  }
}
