import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { internetWith } from '#gateway/egress/internet.ts'
import type { Internet } from '#gateway/egress/proxy.ts'
import { AirlockError } from '#kernel/failure.ts'

const NetworkFile = z.strictObject({ registryNetworks: z.array(z.string().max(50)).max(50) })

/**
 * What setup commands may reach: the public internet, and the networks of `network.json` in the data directory, such as
 * `{"registryNetworks": ["10.20.0.0/16"]}`. Which hosts are allowed stays a matter of the project's presets.
 */
export async function readInternet(dataDirectory: string): Promise<Internet> {
  const file = join(dataDirectory, 'network.json')
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
  if (text === undefined) return internetWith([])
  try {
    return internetWith(NetworkFile.parse(JSON.parse(text)).registryNetworks)
  } catch (cause) {
    throw new AirlockError(
      {
        code: 'invalid_configuration',
        message: `${file} does not name networks.`,
        remedy: 'Write it as {"registryNetworks": ["10.20.0.0/16"]}, or remove it.',
      },
      { cause },
    )
  }
}
