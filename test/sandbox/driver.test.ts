import { createFakeDriver } from '#sandbox/fake/driver.ts'
import { PLAYS, sandboxDriverSuite } from '#test/port-suites/sandbox-driver.ts'
import { bubblewrapRig } from './bubblewrap-rig.ts'

sandboxDriverSuite('bubblewrap', () => bubblewrapRig())

sandboxDriverSuite('bubblewrap without cgroups', () => bubblewrapRig({ limitsBy: 'rlimit' }), {
  'ends a sandbox whose memory ran out, and says so': 'rlimits bound a single process only',
})

const NO_HOST = 'a function has no file system, no environment and no processes'

sandboxDriverSuite(
  'fake',
  async () => ({
    driver: createFakeDriver({
      stopwatch: () => performance.now(),
      program: (inside) => {
        const [command, , script = ''] = inside.spec.command
        const play = PLAYS[script]
        if (play === undefined) throw new Error(`nothing to play for ${command}`)
        return play(inside)
      },
    }),
    directory: async () => '/nowhere',
    image: async () => '/nowhere',
    close: async () => {},
  }),
  {
    'shows exactly the environment of the spec': NO_HOST,
    'lets the command write the workspace when all of it is writable': NO_HOST,
    'keeps a workspace read-only': NO_HOST,
    'opens only the listed directories of a workspace': NO_HOST,
    'shows mounts without letting them be written': NO_HOST,
    'shows the programs of an image instead of those of the host': NO_HOST,
    'lets nothing of an image be written': NO_HOST,
    'refuses values and paths that could change the profile': NO_HOST,
    'ends a sandbox whose memory ran out, and says so': NO_HOST,
    'bounds the number of processes': NO_HOST,
    'ends a sandbox that fills its workspace with bytes': NO_HOST,
    'ends a sandbox that fills its workspace with files': NO_HOST,
    'keeps many sandboxes apart at the same time': NO_HOST,
  },
)
