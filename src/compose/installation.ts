import { chmod, lstat, mkdir, open, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { generateSigningKey, parseSigningKey, type Signer, verifierText } from '#audit/signing-key.ts'
import { digestOf } from '#kernel/bytes.ts'
import { AirlockError } from '#kernel/failure.ts'
import type { RandomBytes } from '#kernel/ids.ts'
import { readPrivateFile } from '#store/private-file.ts'
import { isRoot } from './config.ts'

/** Where everything of one installation lives on disk. */
export interface Installation {
  readonly signer: Signer
  /** Sixteen lower-case hexadecimal digits that no other installation has: names cgroups and logs. */
  readonly id: string
  readonly repositories: string
  readonly workspaces: string
  readonly scratch: string
  readonly runtime: string
  /** Unpacked container images. */
  readonly images: string
  /** Installed agents: read-only directories that sandboxes are shown. */
  readonly agents: string
  readonly lanes: string
  readonly database: string
  readonly providersFile: string
  readonly remotesFile: string
  /** Where older versions kept secrets in clear. */
  readonly secretsFile: string
  /** What the keys of secrets are wrapped under, unless others keep that. */
  readonly secretKeysFile: string
  readonly evidence: string
  /** Signs cookies and encrypts second factors: 64 hexadecimal digits. */
  readonly signInSecret: string
}

/**
 * Makes the directories of an installation, and its signing key on the first start. A server that runs as root lets its
 * sandboxes' user pass through the data directory (0711), but list or read nothing in it.
 */
export async function openInstallation(
  dataDirectory: string,
  runtimeDirectory: string,
  random: RandomBytes,
): Promise<Installation> {
  const passable = isRoot() ? 0o711 : 0o700
  await directory(dataDirectory, passable, stat)
  await directory(runtimeDirectory, passable)
  const at = (name: string) => join(dataDirectory, name)
  for (const name of ['keys', 'repositories', 'evidence']) await directory(at(name), 0o700)
  for (const name of ['workspaces', 'scratch', 'runtime', 'agents', 'images'])
    await directory(at(name), passable)
  const lanes = join(runtimeDirectory, 'lanes')
  await directory(lanes, passable)
  const signer = await signingKey(at('keys'), random)
  return {
    signer,
    id: digestOf(signer.key.publicKey).slice(7, 23),
    repositories: at('repositories'),
    workspaces: at('workspaces'),
    scratch: at('scratch'),
    runtime: at('runtime'),
    images: at('images'),
    agents: at('agents'),
    lanes,
    database: at('postgres'),
    providersFile: join(at('keys'), 'providers.json'),
    remotesFile: join(at('keys'), 'remotes.json'),
    secretsFile: join(at('keys'), 'secrets.json'),
    secretKeysFile: join(at('keys'), 'secret-keys.json'),
    evidence: at('evidence'),
    signInSecret: await signInSecret(at('keys'), random),
  }
}

/** Removes what a killed server could not: sockets of lanes and half-done imports and unpackings. Only for who holds the database. */
export async function clearLeftovers({ lanes, scratch }: Installation): Promise<void> {
  for (const name of await readdir(lanes)) await rm(join(lanes, name), { recursive: true, force: true })
  for (const name of await readdir(scratch))
    if (/^(?:import|compile|image|decoys|shown)-/.test(name))
      await rm(join(scratch, name), { recursive: true, force: true })
}

/**
 * A directory that is ours. Names in /tmp can be guessed: whoever made one first, or put a link there, could exchange every
 * socket and key in it. The data directory itself may be a link, since somebody named it.
 */
async function directory(path: string, mode: number, examine = lstat): Promise<void> {
  await mkdir(path, { recursive: true, mode })
  const found = await examine(path)
  if (!found.isDirectory() || found.uid !== process.getuid?.())
    throw new AirlockError({
      code: 'invalid_configuration',
      rule: 'installation.owner',
      message: `${path} is not a directory of the user who runs Airlock: its owner could exchange what is in it.`,
      remedy: 'Remove it, give it to that user with chown, or choose another one with AIRLOCK_HOME.',
    })
  await chmod(path, mode)
}

async function signingKey(keys: string, random: RandomBytes): Promise<Signer> {
  const file = join(keys, 'installation.pem')
  const name = `airlock-${digestOf(keys).slice(7, 15)}`
  const pem = (await readPrivateFile(file)) ?? (await createPrivate(file, generateSigningKey(random)))
  const signer = parseSigningKey(pem, name)
  if (!signer.ok) throw new AirlockError(signer.failure)
  await writeFile(join(keys, 'installation.pub'), `${verifierText(signer.value.key)}\n`, { mode: 0o644 })
  return signer.value
}

async function signInSecret(keys: string, random: RandomBytes): Promise<string> {
  const file = join(keys, 'sign-in.secret')
  const text = (await readPrivateFile(file)) ?? (await createPrivate(file, hexOf(random(32))))
  if (/^[0-9a-f]{64}$/.test(text)) return text
  throw new AirlockError({
    code: 'invalid_configuration',
    message: `${file} does not hold a secret of sign-in.`,
    rule: 'installation.sign-in-secret',
    remedy: 'Bring it back from a backup; without it, everybody enrols their second factor again.',
  })
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}

/** Never overwrites: a lost key could not be brought back. */
async function createPrivate(file: string, text: string): Promise<string> {
  const handle = await open(file, 'wx', 0o600)
  try {
    await handle.writeFile(text)
    await handle.sync()
  } finally {
    await handle.close()
  }
  return text
}
