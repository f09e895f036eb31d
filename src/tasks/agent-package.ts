import type { Agent } from '#agents/agent.ts'
import type { ModelPolicy } from '#contract/model-policy.ts'
import type { ProjectFile } from '#contract/project-file.ts'
import type { ModelChoice } from '#gateway/choose-model.ts'
import type { Provider } from '#gateway/gateway.ts'
import type { ProviderDirectory } from '#gateway/provider-directory.ts'
import type { Failure } from '#kernel/failure.ts'
import { ok, type Result, refused } from '#kernel/result.ts'
import type { Grant } from '#policy/grant.ts'
import type { ReadOnlyMount } from '#sandbox/driver.ts'
import type { Workshop } from './workshop.ts'

/** What an agent runs from, as the grant names it: the version of the project, else the pinned one; nothing for one of ours. */
export async function agentPackageFor(
  { agentPackages }: Pick<Workshop, 'agentPackages'>,
  agent: Agent,
  projectFile: ProjectFile | null,
): Promise<Result<Grant['agentPackage']>> {
  if (agent.package === undefined) return ok(undefined)
  const wanted = projectFile?.agents?.[agent.package]
  const found = await agentPackages.find(agent.package, wanted)
  if (found === undefined) return refused(notInstalled(agent.package, wanted))
  return ok({ name: found.name, version: found.version, digest: found.digest })
}

/** The granted version, where sandboxes look for it; refused once it is gone or another stands in its place. */
export async function agentMounts(
  { agentPackages }: Pick<Workshop, 'agentPackages'>,
  granted: Grant['agentPackage'],
): Promise<Result<readonly ReadOnlyMount[]>> {
  if (granted === undefined) return ok([])
  const found = await agentPackages.find(granted.name, granted.version)
  if (found?.digest !== granted.digest) return refused(notInstalled(granted.name, granted.version))
  return ok([{ source: found.directory, target: `/opt/airlock/agents/${granted.name}` }])
}

/** The model that is asked for; where none is, the default of the first provider that the agent can speak to. */
export async function modelFor(
  providers: ProviderDirectory,
  agent: Agent,
  asked: string | undefined,
  policy: ModelPolicy | undefined,
): Promise<Result<ModelChoice>> {
  const speaks = ({ protocol }: Provider) => agent.protocols.some((spoken) => spoken === protocol)
  const all = await providers.list()
  const suited = all.filter(speaks)
  const [first] = all
  if (asked === undefined && first !== undefined && suited.length === 0)
    return refused(notSpoken(agent, first, suited))
  const choice = await providers.choose(asked, { policy, usable: speaks })
  if (!choice.ok || speaks(choice.value.provider)) return choice
  return refused(notSpoken(agent, choice.value.provider, suited))
}

function notInstalled(name: string, version: string | undefined): Failure {
  const wanted = version === undefined ? name : `${name}@${version}`
  return {
    code: 'agent_not_installed',
    rule: 'agent.installed',
    message: `${version === undefined ? name : `${name} ${version}`} is not installed here.`,
    remedy: `On the machine of the server, run: airlock agents install ${wanted}`,
  }
}

function notSpoken(agent: Agent, { name, protocol }: Provider, others: readonly Provider[]): Failure {
  const spoken = agent.protocols.join(', ')
  const [first, ...more] = others.map((provider) => provider.name)
  return {
    code: 'protocol_not_spoken',
    rule: 'agent.protocol',
    message: `${agent.name} speaks ${spoken}; the provider ${name} speaks ${protocol}.`,
    remedy:
      first === undefined
        ? `Add a provider that speaks ${spoken} with \`airlock provider add\`, or take another agent.`
        : `Take a model of ${[first, ...more].join(' or ')}: --model ${first}/<model>`,
  }
}
