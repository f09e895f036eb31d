import { sandboxEnvironment } from '../../environment.ts'
import { alone, inside, mustBeRefused } from '../attacks.ts'
import { gotThrough, type LabCase, type Outcome, stopped, unclear, type Verdict } from '../lab-case.ts'

const group = 'what leaks in'

export const LEAK_CASES: readonly LabCase[] = [
  {
    id: 'leaks.environment',
    group,
    tries: 'find variables of the server in its own environment',
    stops: 'the environment is cleared and made anew from the spec',
    attack: inside('read', ['/proc/self/environ'], onlyKnownVariables),
  },
  {
    id: 'leaks.environment-of-first',
    group,
    tries: 'find variables of the server in the environment of the first process',
    stops: 'the first process is started with an empty environment',
    attack: inside('read', ['/proc/1/environ'], onlyKnownVariables),
  },
  {
    id: 'leaks.command-line-of-first',
    group,
    tries: 'read paths of the host from the command line of the first process',
    stops: 'options reach the first process through a pipe',
    attack: inside('shell that finds', (scene) => [
      `tr "\\0" " " < /proc/1/cmdline | grep -F -e ${scene.root}`,
    ]),
  },
  {
    id: 'leaks.descriptors',
    group,
    tries: 'use a descriptor that the server forgot to close',
    stops: 'only the three standard ones are passed on',
    // The first program of the sandbox looks: a runtime in between would close what it does not know.
    attack: alone(
      'for n in $(ls /proc/$$/fd); do case $n in 0|1|2) ;; *) readlink /proc/$$/fd/$n;; esac; done; echo looked',
      ({ stdout }) => {
        const found = stdout.split('\n').filter(Boolean)
        if (found.pop() !== 'looked') return unclear('it could not look')
        return found.length === 0 ? stopped('nothing found') : gotThrough(found.join(', '))
      },
    ),
  },
  {
    id: 'leaks.descriptors-of-first',
    group,
    tries: 'reach a file of the host through a descriptor of the first process',
    stops: 'the first process holds pipes and /dev/null only',
    attack: inside('shell that finds', [
      'for f in /proc/1/fd/*; do test -p $f || readlink $f; done 2>/dev/null | grep -vE "^(/dev/null|pipe:|socket:|anon_inode:|/proc$|/$)"',
    ]),
  },
  {
    id: 'leaks.output-file',
    group,
    tries: 'rewrite its own log by truncating standard output',
    stops: 'standard output is a pipe, whose past cannot be changed',
    attack: inside('shell that finds', [
      'test -p /dev/fd/1 || test -S /dev/fd/1 || readlink /proc/self/fd/1',
    ]),
  },
  {
    id: 'leaks.accounts',
    group,
    tries: 'learn who has an account on the host',
    stops: '/etc/passwd is made up',
    attack: inside('read', ['/etc/passwd'], (outcome, scene) => {
      if (!('done' in outcome)) return mustBeRefused(outcome)
      const found = scene.accounts.filter((name) => outcome.done.includes(`${name}:`))
      return found.length > 0 ? gotThrough(found.join(', ')) : stopped('accounts of no host')
    }),
  },
  {
    id: 'leaks.configuration',
    group,
    tries: 'read the git, npm or ssh configuration of a person',
    stops: 'no home directory of the host is mounted',
    attack: inside('shell that finds', [
      'ls -d /root/.* /home/*/.ssh /home/*/.npmrc /home/*/.gitconfig /home/*/.aws 2>/dev/null | head -3',
    ]),
  },
]

/** What a shell or an engine adds by itself tells nothing. */
const HARMLESS = ['PWD', 'OLDPWD', 'SHLVL', '_', 'HOSTNAME', 'container']

function onlyKnownVariables(outcome: Outcome): Verdict {
  if (!('done' in outcome)) return mustBeRefused(outcome)
  const known = new Set([...Object.keys(sandboxEnvironment('run')), ...HARMLESS])
  const names = outcome.done
    .split('\0')
    .filter(Boolean)
    .map((entry) => entry.slice(0, entry.indexOf('=')))
  const foreign = names.filter((name) => !known.has(name))
  if (foreign.length > 0) return gotThrough(`variables of somebody else: ${foreign.slice(0, 5).join(', ')}`)
  return stopped(names.length === 0 ? 'empty' : 'only what the spec names')
}
