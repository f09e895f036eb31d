import { join } from 'node:path'

/** Where an installation writes the public half of its signing key, for everybody who verifies. */
export function verifierKeyFile(dataDirectory: string): string {
  return join(dataDirectory, 'keys', 'installation.pub')
}
