import { execFileSync } from 'node:child_process'
import { cp, readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { builtinAgent } from '#agents/builtin/agent.ts'
import { NOTHING_SPENT } from '#contract/budget.ts'
import type { Refusal } from '#contract/refusal.ts'
import { DEMO_REFUSALS, demoScript } from '#demo/demo-script.ts'
import { type ScriptedModel, startScriptedModel } from '#demo/scripted-model.ts'
import { createGateway } from '#gateway/create-gateway.ts'
import type { Gateway, OpenLane } from '#gateway/gateway.ts'
import { createPrices } from '#gateway/prices.ts'
import { sandboxEnvironment } from '#sandbox/environment.ts'
import { stageGuestRuntime } from '#sandbox/guest-runtime.ts'
import { DEFAULT_LIMITS } from '#sandbox/limits.ts'
import { runSpec, specOf } from '#test/port-suites/sandbox-specs.ts'
import { type BubblewrapRig, bubblewrapRig, HOST_USER } from '#test/sandbox/bubblewrap-rig.ts'
import { GRANT } from './guest-run.ts'

const ROOT = resolve(import.meta.dirname, '../..')
const KEY = 'sk-only-the-gateway-knows-this'

let rig: BubblewrapRig
let model: ScriptedModel
let gateway: Gateway
let lane: OpenLane
let lanes: string
const refusals: Refusal[] = []

beforeAll(async () => {
  rig = await bubblewrapRig()
  model = await startScriptedModel({ script: demoScript, key: KEY })
  gateway = createGateway({
    stopwatch: () => performance.now(),
    clock: Date.now,
    prices: createPrices({ clock: Date.now }),
    ...(HOST_USER === undefined ? {} : { sandboxGroup: HOST_USER.gid }),
  })
  lanes = join(rig.root, 'lane')
  lane = await gateway.open({
    attempt: 'att_1',
    directory: lanes,
    provider: { name: 'scripted', protocol: 'anthropic', baseUrl: model.url, key: KEY, models: [] },
    model: 'scripted',
    budget: GRANT.budget,
    spent: NOTHING_SPENT,
    egress: [],
    onEvent: (event) => {
      if (event.kind === 'refusal') refusals.push(event.refusal)
    },
  })
})

afterAll(async () => {
  await gateway?.close()
  await model?.close()
  await rig?.close()
})

it('plays the demo in a real sandbox behind the real gateway: five refusals, one fix', async () => {
  const workspace = await rig.directory()
  await cp(join(ROOT, 'examples/sample-repository'), workspace, { recursive: true })
  if (HOST_USER) execFileSync('chown', ['-R', `${HOST_USER.uid}:${HOST_USER.gid}`, workspace])
  const runtime = await stageGuestRuntime({
    root: ROOT,
    runtimeDirectory: rig.options.runtimeDirectory,
    node: process.execPath,
  })
  const plan = builtinAgent.plan(
    { intent: 'Fix the rounding.', grant: GRANT },
    { provider: 'scripted', protocol: 'anthropic', name: 'scripted' },
  )
  const { ending, stdout, stderr } = await runSpec(
    rig.driver,
    specOf(
      workspace,
      [runtime.node, `${runtime.guest}/src/sandbox/guest/with-relay.ts`, '--', ...plan.command],
      {
        phase: 'run',
        environment: sandboxEnvironment('run', plan.environment),
        workspace: { source: workspace, target: '/workspace', writable: ['src/billing'] },
        mounts: runtime.mounts,
        socketDirectory: lanes,
        limits: { ...DEFAULT_LIMITS, seconds: 60 },
        input: Buffer.from(plan.input),
      },
    ),
  )
  expect({ cause: ending.cause, exitCode: ending.exitCode, stderr }).toEqual({
    cause: 'exited',
    exitCode: 0,
    stderr: '',
  })
  const reports = stdout
    .split('\n')
    .filter(Boolean)
    .flatMap((line) => [...builtinAgent.reader()(line)])
  const said = reports.flatMap((report) => (report?.kind === 'refusal' ? [report.refusal.rule] : []))
  expect([...refusals.map(({ rule }) => rule), ...said]).toEqual([...DEMO_REFUSALS])
  expect(reports.at(-1)).toMatchObject({ kind: 'finished' })
  expect(reports).toContainEqual({
    kind: 'event',
    body: { kind: 'command', command: 'node --test', exitCode: 0, seconds: expect.any(Number), phase: 'run' },
  })
  expect(await readFile(join(workspace, 'src/billing/round.js'), 'utf8')).toContain('Math.abs(amount)')
  expect(stdout).not.toContain(KEY)
  expect(model.requests()[0]?.headers['x-api-key']).toBe(KEY)
  expect(lane.spent().requests).toBe(9)
})
