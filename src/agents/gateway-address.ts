/** Where an agent that speaks TCP finds its model: with-relay.ts listens there, and the lane behind it is the attempt. */
export const GATEWAY = 'http://127.0.0.1:4010'

/** Agents want a key to be there. The gateway strips it, whatever it says, and puts the real one in. */
export const NO_KEY = 'held-by-the-gateway'

/** The program of an installed agent, as seen inside. */
export function programOf(agentPackage: string): string {
  return `/opt/airlock/agents/${agentPackage}/program`
}

/** The Node that agents written for Node are run by. */
export const NODE = '/opt/airlock/node/bin/node'
