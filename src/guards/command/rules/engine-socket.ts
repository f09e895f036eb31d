import type { CommandRule } from '../rule.ts'
import { namedThings } from '../touched.ts'

const SOCKET = /(^|[/:=,])((docker|containerd|crio|podman|dockershim|buildkitd)\.sock|kubelet\.sock)($|[:,])/

const SOCKET_NAME = /^\*?(docker|containerd|podman|crio)\.sock\*?$/

export const engineSocket: CommandRule = {
  name: 'command.engine-socket',
  class: 'container-escape',
  explanation: 'Refuses to touch the socket of a container engine: who can speak to it owns the machine.',
  remedy: 'Use the command line of the engine, where the guard can see what is asked.',
  refuses: [
    'curl --unix-socket /var/run/docker.sock http://x/containers/json',
    'chmod 666 /var/run/docker.sock',
    'socat - UNIX-CONNECT:/run/containerd/containerd.sock',
    'ls -la /var/run/docker.sock',
    'find / -name docker.sock',
  ],
  allows: [
    'curl --unix-socket ./app.sock http://x/',
    'echo /var/run/docker.sock',
    'grep -rn docker.sock .',
    'docker ps',
  ],
  *look(reading) {
    for (const { name, args, span } of reading.invocations)
      if (name === 'find' && args[0]?.text === '/' && args.some(({ text }) => SOCKET_NAME.test(text)))
        yield { verdict: 'deny', reason: 'It looks for the socket of a container engine.', span }
    for (const { text } of namedThings(reading))
      if (text.length < 1_000 && SOCKET.test(text))
        yield { verdict: 'deny', reason: `${text.slice(0, 120)} leads to the container engine.` }
  },
}
