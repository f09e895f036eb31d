import { existsSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { alone } from '../attacks.ts'
import { gotThrough, type LabCase, type Ran, stopped, type Verdict } from '../lab-case.ts'
import type { Scene } from '../scene.ts'

const group = 'what is left behind'
const ENDED = 'the end of the first process is the end of its pid namespace, and the cgroup is emptied'

/** Waits in many small steps, so that whoever is left shows its mark among the arguments. */
const waiter = (mark: string) => `sh -c 'i=0; while [ $i -lt 300 ]; do sleep 0.1; i=$((i+1)); done' ${mark}`

const mark = (id: string) => (scene: Scene) => `${scene.word}-${id}`

export const LEFTOVER_CASES: readonly LabCase[] = [
  left(
    'daemon',
    'leave a daemon in a session of its own',
    (own) => `setsid ${own} > /dev/null 2>&1 & sleep 0.2`,
  ),
  left(
    'nohup',
    'leave a process that ignores the end of its session',
    (own) => `nohup ${own} > /dev/null 2>&1 & sleep 0.2`,
  ),
  left(
    'double-fork',
    'leave a process whose parents are all gone',
    (own) => `(setsid sh -c "${own.replaceAll('$', '\\$')} &" &) ; sleep 0.3`,
  ),
  left(
    'open-output',
    'leave a process that keeps its output open, so that the host waits for ever',
    (own) => `${own} & sleep 0.2`,
  ),
  left(
    'deaf',
    'outlive its time with children that ignore every signal',
    (own) => `for i in 1 2 3; do (trap "" TERM INT HUP QUIT; exec ${own}) & done; trap "" TERM; wait`,
    { seconds: 1 },
  ),
  left(
    'zombies',
    'leave dead children that nobody buries',
    (own) => `for i in 1 2 3 4 5 6 7 8; do sh -c 'exit 0' & done; exec ${own}`,
    { seconds: 1 },
  ),
  {
    id: 'left.set-user-id-file',
    group,
    tries: 'leave a set-user-id program of root in the workspace',
    stops: 'nobody inside is root of the host',
    attack: alone('cp /usr/bin/id me && chmod 6755 me && ls -l me', async ({ workspace }) => {
      const { uid } = await stat(join(workspace, 'me'))
      return uid === 0 ? gotThrough('it belongs to root') : stopped(`it belongs to uid ${uid}`)
    }),
  },
  ...['/tmp', '/var/tmp', '/dev/shm', '/home/agent'].map(
    (place): LabCase => ({
      id: `left.file-in-${place.slice(1).replaceAll('/', '-')}`,
      group,
      tries: `leave a file in ${place} for the host, or for the next sandbox`,
      stops: 'it is memory that goes with the sandbox',
      attack: alone(
        (scene) => `echo x > ${place}/${scene.word} && echo written`,
        ({ stdout }, scene) => {
          if (!stdout.includes('written')) return { status: 'unclear', what: 'it could not be written' }
          return existsSync(`${place}/${scene.word}`)
            ? gotThrough('it is on the host')
            : stopped('it is gone')
        },
      ),
    }),
  ),
]

function left(
  name: string,
  tries: string,
  script: (own: string) => string,
  limits: { readonly seconds?: number } = {},
): LabCase {
  const own = mark(name)
  return {
    id: `left.${name}`,
    group,
    tries,
    stops: ENDED,
    attack: alone(
      (scene) => script(waiter(own(scene))),
      (ran, scene) => nobodyLeft(ran, scene, own(scene)),
      {
        seconds: 5,
        ...limits,
      },
    ),
  }
}

function nobodyLeft({ ending }: Ran, scene: Scene, own: string): Verdict {
  const alive = scene.marked(own)
  if (alive.length > 0) return gotThrough(`${alive.length} still running`)
  return stopped(
    ending.cause === 'exited' ? 'gone with the command' : `gone: ${ending.cause.replaceAll('_', ' ')}`,
  )
}
