import { z } from 'zod'
import { CommandRule } from './command-rule.ts'
import { EgressRule, routeOf, targetText } from './egress.ts'
import { ImageChoice } from './image-reference.ts'
import { SandboxTier } from './sandbox-tier.ts'
import { Scope } from './scope.ts'
import { SecretName } from './secret.ts'

/** Ecosystems whose registries `prepare` may reach; the hosts behind each name stand in gateway/egress/presets.json. */
export const EgressPreset = z.enum(['npm', 'pypi', 'go', 'crates', 'maven', 'debian', 'rubygems'])
export type EgressPreset = z.infer<typeof EgressPreset>

export const GateDefinition = z
  .strictObject({
    name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,39}$/),
    run: z.string().min(1).max(4_000).describe('A shell command, run from the root of the repository'),
    parser: z
      .enum([
        'auto',
        'tsc',
        'eslint',
        'biome',
        'vitest',
        'jest',
        'node-test',
        'tap',
        'mocha',
        'pytest',
        'ruff',
        'mypy',
        'go',
        'cargo',
        'lines',
      ])
      .default('auto'),
    timeoutSeconds: z.int().min(1).max(3_600).default(600),
  })
  .meta({ id: 'GateDefinition' })
export type GateDefinition = z.infer<typeof GateDefinition>

/** `airlock.yaml`, read from the base commit only: never from the agent's tree. */
export const ProjectFile = z
  .strictObject({
    version: z.literal(1),
    setup: z
      .array(z.string().min(1).max(4_000))
      .max(20)
      .default([])
      .describe('Run before the agent, with egress'),
    egress: z
      .array(z.union([EgressPreset, EgressRule]))
      .max(50)
      .superRefine(refuseRepeatedHosts)
      .default([])
      .describe(
        'Registries open during setup; hosts beside them are asked for, and a maintainer allows them',
      ),
    secrets: z
      .array(SecretName)
      .max(10)
      .optional()
      .describe('Secret files that setup sees at /run/secrets; an owner stores them'),
    cleanup: z
      .array(z.string().min(1).max(4_000))
      .max(20)
      .optional()
      .describe('Run, without a network, over a workspace before it is kept for a look around'),
    gates: z
      .array(GateDefinition)
      .max(30)
      .superRefine(refuseRepeatedNames)
      .optional()
      .describe('Detected when left out; [] for none; names are unique'),
    scope: Scope.optional().describe('The default scope of tasks'),
    protected: z
      .array(z.string().min(1).max(512))
      .max(200)
      .default([])
      .describe('Globs no task may ever change'),
    branches: z
      .strictObject({ protected: z.array(z.string()).default([]) })
      .default({ protected: [] })
      .describe('More branches that Airlock never pushes to'),
    agents: z
      .record(
        z.string().regex(/^[a-z][a-z0-9-]{0,39}$/),
        z.string().regex(/^[0-9A-Za-z][0-9A-Za-z.+-]{0,63}$/),
      )
      .optional()
      .describe('Versions of agents by name; without it, those the installation has pinned'),
    image: ImageChoice.optional().describe(
      'The container image whose programs sandboxes have; `host` for those of the host',
    ),
    guards: z
      .strictObject({
        command: z.strictObject({
          rules: z
            .union([
              z
                .string()
                .max(512)
                .regex(/^[^/\\:][^\\:]*$/, 'a path from the root of the repository'),
              z.array(CommandRule).max(100),
            ])
            .describe(
              'Rules of the command guard, or the file in which they stand; those that allow are left out',
            ),
        }),
      })
      .optional()
      .describe('Read by `airlock guard command` and `airlock hook` in this repository'),
    sandbox: z
      .strictObject({ require: SandboxTier.describe('The weakest sandbox that is strong enough') })
      .optional()
      .describe('Without it, whatever the server has'),
  })
  .meta({ id: 'ProjectFile' })
export type ProjectFile = z.infer<typeof ProjectFile>

/** Two rules for one host would leave open which of them bounds it. */
function refuseRepeatedHosts(
  entries: readonly (EgressPreset | EgressRule)[],
  context: z.RefinementCtx,
): void {
  const taken = new Set<string>()
  entries.forEach((entry, index) => {
    if (typeof entry === 'string') return
    const target = targetText(routeOf(entry))
    if (taken.has(target))
      context.addIssue({
        code: 'custom',
        path: [index],
        message: `names ${target} again; write one rule for it`,
      })
    taken.add(target)
  })
}

function refuseRepeatedNames(gates: readonly GateDefinition[], context: z.RefinementCtx): void {
  const taken = new Set<string>()
  gates.forEach(({ name }, index) => {
    if (taken.has(name))
      context.addIssue({
        code: 'custom',
        path: [index, 'name'],
        message: `another gate is already called "${name}"`,
      })
    taken.add(name)
  })
}
