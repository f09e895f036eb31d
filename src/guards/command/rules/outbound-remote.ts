import type { Invocation } from '../reading.ts'
import { firstOperand, hasFlag, hasWord, operands } from '../reading.ts'
import type { CommandRule, Sighting } from '../rule.ts'

const SHELLS = new Set(
  'ssh scp sftp sshfs mosh rlogin rsh ftp tftp lftp ncftp ssh-copy-id slogin xfreerdp rdesktop vncviewer evil-winrm psexec.py wmiexec.py'.split(
    ' ',
  ),
)
const LISTENERS = new Set('nc ncat netcat pwncat pwncat-cs rcat rustcat'.split(' '))
const TUNNELS = new Set(
  'ngrok cloudflared chisel frpc frps bore localtunnel lt tailscale wg wg-quick openvpn openvpn3 tor torsocks torify proxychains proxychains4 autossh sshuttle ligolo-agent gost iodine dnscat dnscat2 dns2tcpc ptunnel stunnel rathole zrok pagekite inlets'.split(
    ' ',
  ),
)
const SCANNERS = new Set(
  'nmap masscan zmap rustscan unicornscan nikto gobuster sqlmap wpscan enum4linux nuclei ffuf dirb wfuzz arp-scan netdiscover'.split(
    ' ',
  ),
)
const QUIET = ['--version', '-V', '--help', '-h', 'version', 'help', 'status']

export const outboundRemote: CommandRule = {
  name: 'command.outbound-ssh',
  class: 'remote-access',
  explanation:
    'Asks before other machines are reached by remote shells, file transfer or scans; refuses tunnels.',
  remedy: 'Work with what is in the workspace; ask for a missing file in the task.',
  refuses: [
    'ssh user@host',
    'scp a.txt host:/tmp',
    'rsync -a . host:/srv',
    'ngrok http 3000',
    'ssh -R 2222:localhost:22 a@b',
    'nmap -sS 10.0.0.0/24',
  ],
  allows: [
    'rsync -a src/ build/',
    'ssh-keygen -t ed25519 -f test/key -N ""',
    'ssh -V',
    'telnet localhost 25',
    'nmap --version',
  ],
  *look(reading) {
    for (const invocation of reading.invocations) yield* objections(invocation)
  },
}

function* objections(invocation: Invocation): Iterable<Sighting> {
  const { name, args, span } = invocation
  const isQuiet = hasWord(args, ...QUIET) && operands(args).length <= 1
  if (TUNNELS.has(name) && !isQuiet)
    yield {
      verdict: tunnelsOut(
        name,
        args.map(({ text }) => text),
      )
        ? 'deny'
        : 'ask',
      reason: `${name} would open a tunnel to another machine.`,
      span,
    }
  else if (
    name === 'ssh' &&
    (hasFlag(args, 'R') ||
      hasFlag(args, 'D') ||
      hasFlag(args, 'w') ||
      args.some(({ text }) => /^-[A-Za-z]*[RD]\d/.test(text)))
  )
    yield { verdict: 'deny', reason: 'ssh would open a tunnel to another machine.', span }
  else if (SHELLS.has(name) && !isQuiet && (operands(args).length > 0 || name === 'lftp'))
    yield { verdict: 'ask', reason: `${name} would connect to another machine.`, span }
  else if (rsyncsOut(invocation))
    yield { verdict: 'ask', reason: 'rsync would connect to another machine.', span }
  else if (name === 'telnet' && operands(args).some(({ text }) => !/^(localhost|127\.|::1|\d+$)/.test(text)))
    yield { verdict: 'ask', reason: 'telnet would connect to another machine.', span }
  else if (
    SCANNERS.has(name) &&
    !isQuiet &&
    !args.every(({ text }) => text.startsWith('-') || /^(localhost|127\.)/.test(text))
  )
    yield { verdict: 'ask', reason: `${name} would scan other machines.`, span }
  else if (name === 'rclone' && /^(copy|sync|move|mount|cat|ls|serve|config)/.test(firstOperand(args)))
    yield { verdict: 'ask', reason: 'rclone would connect to another machine.', span }
  else if (LISTENERS.has(name) && (hasFlag(args, 'l', '--listen') || hasWord(args, 'listen')))
    yield { verdict: 'ask', reason: `${name} would listen for whoever connects.`, span }
}

function tunnelsOut(name: string, words: readonly string[]): boolean {
  return (
    !/^(ngrok|wg|openvpn|tailscale|lt|localtunnel|stunnel|tor)$/.test(name) ||
    words.some((word) => /^tcp$|authkey/.test(word))
  )
}

function rsyncsOut({ name, args }: Invocation): boolean {
  if (name !== 'rsync') return false
  return args.some(({ text }) => {
    if (text.startsWith('rsync://')) return true
    const colon = text.indexOf(':')
    return (
      colon > 0 && !text.startsWith('-') && !text.slice(0, colon).includes('/') && !/^[A-Za-z]:\\/.test(text)
    )
  })
}
