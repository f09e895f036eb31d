import { constants } from 'node:os'
import type { Architecture } from '../bubblewrap/system-calls.ts'
import { ATTACKER } from './attacker.ts'
import { callNumber } from './call-numbers.ts'
import { gotThrough, type LabCase, type Outcome, type Ran, unclear } from './lab-case.ts'
import { LAB_LIMITS, play, type Stage, type Tell } from './stage.ts'

type CaseOf<Kind extends LabCase['attack']['kind']> = LabCase & {
  readonly attack: Extract<LabCase['attack'], { kind: Kind }>
}

export function casesOf<Kind extends LabCase['attack']['kind']>(
  cases: readonly LabCase[],
  kind: Kind,
): readonly CaseOf<Kind>[] {
  return cases.filter((each): each is CaseOf<Kind> => each.attack.kind === kind)
}

/** All attempts that need nothing but Node, in one sandbox as an agent has it. */
export async function runInside(stage: Stage, cases: readonly CaseOf<'inside'>[], tell: Tell): Promise<void> {
  if (cases.length === 0) return
  const { scene } = stage
  const attempts = cases.map(({ id, attack }) => ({ id, verb: attack.verb, words: attack.words(scene) }))
  const ran = await play(stage, await scene.workspace(), {
    phase: 'run',
    command: ['/opt/airlock/node/bin/node', `${ATTACKER}/attempt.ts`],
    mounts: stage.mounts,
    socketDirectory: stage.lane,
    limits: { ...LAB_LIMITS, memory: MEMORY_OF_NODE },
    input: Buffer.from(JSON.stringify(attempts)),
  })
  const outcomes = new Map(ran.stdout.split('\n').flatMap(parseAttempt))
  for (const each of cases) {
    const outcome = outcomes.get(each.id)
    if (outcome === undefined) tell(each, noAnswer(ran))
    else if ('done' in outcome && outcome.done.includes(scene.secret))
      tell(each, gotThrough('it read a secret of the host'))
    else tell(each, each.attack.judge(outcome, scene, each.id))
  }
}

/** Where there is no cgroup, what Node only reserves counts as well. */
const MEMORY_OF_NODE = 2 * 1024 ** 3

/** All raw system calls in one sandbox: Node cannot make them, but python and perl can. */
export async function runCalls(stage: Stage, cases: readonly CaseOf<'call'>[], tell: Tell): Promise<void> {
  const known = cases.filter((each) => {
    const there = callNumber(each.attack.call, process.arch as Architecture) !== undefined
    if (!there) tell(each, { status: 'not_run', what: `there is no ${each.attack.call} on ${process.arch}` })
    return there
  })
  if (known.length === 0) return
  const ran = await play(stage, await stage.scene.workspace(), {
    command: ['/bin/sh', '-c', CALLER],
    mounts: stage.mounts,
    input: Buffer.from(known.map(callLine).join('')),
  })
  const without = ran.stdout.startsWith('neither')
  const outcomes = new Map(ran.stdout.split('\n').flatMap(parseCall))
  for (const each of known) {
    const outcome = outcomes.get(each.id)
    if (without) tell(each, { status: 'not_run', what: 'neither python3 nor perl is visible inside' })
    else tell(each, outcome === undefined ? noAnswer(ran) : each.attack.judge(outcome))
  }
}

const CALLER = `touch /workspace/own
if python3 -c 'import ctypes' 2>/dev/null; then exec python3 ${ATTACKER}/calls.py; fi
if perl -e 1 2>/dev/null; then exec perl ${ATTACKER}/calls.pl; fi
echo neither`

function callLine({ id, attack: { call, words } }: CaseOf<'call'>): string {
  const hex = (text: string) => Buffer.from(text, 'latin1').toString('hex')
  const texts = words.map((word) => {
    if (typeof word === 'number') return `i${word}`
    return typeof word === 'string' ? `s${hex(word)}` : `f${hex(word.open)}`
  })
  return `${[id, callNumber(call, process.arch as Architecture), ...texts].join(' ')}\n`
}

function parseAttempt(line: string): [string, Outcome][] {
  if (!line.startsWith('{')) return []
  const { id, ...outcome } = JSON.parse(line)
  return [[id, outcome]]
}

const ERRORS = new Map(Object.entries(constants.errno).map(([name, code]) => [code, name]))
const SIGNALS = new Map(Object.entries(constants.signals).map(([name, code]) => [code, name]))

function parseCall(line: string): [string, Outcome][] {
  const [, id, how, number] = /^(\S+) (done|error|signal)(?: (\d+))?$/.exec(line) ?? []
  if (id === undefined) return []
  if (how === 'done') return [[id, { done: '' }]]
  const names = how === 'error' ? ERRORS : SIGNALS
  return [[id, { refused: names.get(Number(number)) ?? `${how} ${number}` }]]
}

function noAnswer({ ending, stderr }: Ran) {
  const words = stderr.trim().split('\n').at(-1)?.slice(0, 200) ?? ''
  return unclear(
    `no answer; the attacker ended: ${ending.cause}, exit code ${ending.exitCode} ${words}`.trim(),
  )
}
