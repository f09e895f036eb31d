import type { Invocation } from '../reading.ts'
import type { CommandRule } from '../rule.ts'

const PROGRAMS = new Set(
  'ssh scp sftp sshfs autossh mosh ssh-copy-id ssh-keyscan sshpass rclone ftp tftp lftp rlogin rsh ngrok cloudflared chisel frpc bore localtunnel tailscale wg wg-quick openvpn tor'.split(
    ' ',
  ),
)

export const outboundRemote: CommandRule = {
  name: 'command.outbound-ssh',
  class: 'Outbound remote access',
  explanation: 'Refuses to reach other machines by remote shells, file transfer or tunnels.',
  remedy: 'Work with what is in the workspace; ask for a missing file in the task.',
  refuses: ['ssh user@host', 'scp a.txt host:/tmp', 'rsync -a . host:/srv', 'ngrok http 3000'],
  allows: ['rsync -a src/ build/', 'ssh-keygen -t ed25519 -f test/key -N ""'],
  *look(reading) {
    for (const invocation of reading.invocations)
      if (PROGRAMS.has(invocation.name) || rsyncsOut(invocation))
        yield {
          verdict: 'deny',
          reason: `${invocation.name} would connect to another machine.`,
          span: invocation.span,
        }
  },
}

function rsyncsOut({ name, args }: Invocation): boolean {
  return (
    name === 'rsync' &&
    args.some(
      ({ text }) => /^rsync:\/\/|^([^/\s-][^/\s]*@)?[^/\s-][^/\s]*:/.test(text) || /^(-e|--rsh)/.test(text),
    )
  )
}
