import { join } from 'node:path'
import { knownAgents } from '#agents/known-agents.ts'
import { PackageShelf } from '#agents/package-shelf.ts'
import { AGENT_PACKAGES, packageNamed } from '#agents/packages.ts'
import type { AgentLine, AgentTools } from '#cli/agent-tools.ts'
import { removeTree } from '#sandbox/workspace/leftovers.ts'
import { installAgent } from './agent-install.ts'
import type { Config } from './config.ts'
import { openToolbox } from './toolbox.ts'

/** The agents of an installation; only what fetches one needs its sandboxes. */
export function agentTools(config: Config, packageRoot: string): AgentTools {
  const shelf = new PackageShelf(join(config.dataDirectory, 'agents'))
  return {
    list: () => agentLines(shelf),
    install: (request) => installAgent(() => openToolbox(config, packageRoot), request),
    remove: async (name, version) => {
      const directories = await shelf.remove(name, version)
      for (const directory of directories) await removeTree(directory)
      return directories.length
    },
  }
}

/** Every agent with a name of its own, then the packages that speak ACP only. */
async function agentLines(shelf: PackageShelf): Promise<readonly AgentLine[]> {
  const [pins, installed] = await Promise.all([shelf.pins(), shelf.list()])
  const named = knownAgents.names.flatMap((name) => knownAgents.named(name) ?? [])
  const throughAcp = AGENT_PACKAGES.filter(
    ({ name }) => !named.some((agent) => agent.package === name),
  ).flatMap(({ name }) => knownAgents.named(`acp:${name}`) ?? [])
  return [...named, ...throughAcp]
    .filter(({ name, package: npm }) => npm !== undefined || !name.startsWith('acp:'))
    .map((agent) => {
      const recipe = agent.package === undefined ? undefined : packageNamed(agent.package)
      const pinned = recipe && pins[recipe.name]
      return {
        name: agent.name,
        protocols: agent.protocols,
        ...(recipe === undefined ? {} : { npm: recipe.npm, known: recipe.version }),
        ...(pinned === undefined ? {} : { pinned }),
        support: recipe?.support ?? 'tested',
        installed: installed.filter(({ name }) => name === recipe?.name).map(({ version }) => version),
      }
    })
}
