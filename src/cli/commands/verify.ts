import { readFile, stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Command } from 'commander'
import { type EvidenceBundle, MAX_BUNDLE_BYTES, parseBundle } from '#audit/bundle.ts'
import { verifyBundle } from '#audit/verify.ts'
import { fromBase64 } from '#kernel/bytes.ts'
import { ok, type Result, refused } from '#kernel/result.ts'
import { EXIT_CODE } from '../exit-code.ts'
import { verificationText } from '../render/verification.ts'
import { evidenceFile } from '../server-record.ts'
import type { Cli, Outcome, Session } from '../session.ts'
import { trustedKey } from '../trusted-key.ts'

interface VerifyOptions {
  readonly repo?: string
  readonly bundle?: string
  readonly key?: string
}

export function verifyCommand(cli: Cli): Command {
  return cli
    .command('verify <commit>', 'Prove that a commit is exactly what a person approved')
    .option('--repo <dir>', 'the repository that holds the commit (the one around you)')
    .option(
      '--bundle <file>',
      'its evidence (found on this machine, in a git note, or asked from the server)',
    )
    .option('--key <file>', 'the verifier key you trust (the one of this machine)')
    .addHelpText(
      'after',
      `
With --bundle and --key nothing but git and this program is needed: no server, no network.
Exits with 13 when anything does not hold.

Examples:
  $ airlock verify HEAD
  $ airlock verify 4f0c2d1 --repo ~/shop --bundle evidence.json --key airlock.pub`,
    )
    .action(cli.act<VerifyOptions, [string]>(verify))
}

async function verify(session: Session<VerifyOptions>, revision: string): Promise<Outcome> {
  const { options, git, screen } = session
  const { workingDirectory } = session
  const repository =
    options.repo === undefined
      ? ((await git.rootOf(workingDirectory)) ?? workingDirectory)
      : resolve(workingDirectory, options.repo)
  const commit = await git.commitId(repository, revision)
  if (!commit.ok) return commit
  const bundle = await bundleFor(session, repository, commit.value)
  if (!bundle.ok) return bundle
  const key = await trustedKey(options.key, session.trustedKeyFile)
  if (!key.ok) return key
  // A damaged patch is for the verification to name; here it only cannot be applied.
  const approvedPatch = fromBase64(bundle.value.patch) ?? new Uint8Array()
  const facts = await git.commitFacts(repository, commit.value, approvedPatch)
  if (!facts.ok) return facts
  const verification = verifyBundle({ bundle: bundle.value, trustedKey: key.value, facts: facts.value })
  session.show({ commit: commit.value, ...verification }, () =>
    verificationText(
      { commit: commit.value, verification, bundle: bundle.value, key: key.value },
      screen.paint,
    ),
  )
  return ok(verification.ok ? 0 : EXIT_CODE.verification_failed)
}

/** Named, kept by the server of this machine, attached to the commit as a note, or asked from a running server. */
async function bundleFor(
  session: Session<VerifyOptions>,
  repository: string,
  commit: string,
): Promise<Result<EvidenceBundle>> {
  const { bundle } = session.options
  if (bundle !== undefined) return bundleIn(bundle)
  const kept = evidenceFile(session.dataDirectory, commit)
  if (await exists(kept)) return bundleIn(kept)
  const note = await session.git.evidenceNote(repository, commit)
  if (note !== undefined) return parseBundle(note)
  const client = await session.connectWithoutStarting()
  if (!client.ok)
    return refused({
      code: 'not_found',
      message:
        'There is no evidence to verify with: not on this machine, not as a git note, and no server runs.',
      remedy:
        'Give --bundle FILE, fetch refs/notes/airlock, or start the server that published it with `airlock up`.',
    })
  const bytes = await client.value.evidence(commit)
  return bytes.ok ? parseBundle(bytes.value) : bytes
}

async function exists(file: string): Promise<boolean> {
  return (await stat(file).catch(() => undefined))?.isFile() ?? false
}

async function bundleIn(file: string): Promise<Result<EvidenceBundle>> {
  try {
    const { size } = await stat(file)
    // Met before it is read: a bundle comes from anywhere.
    return parseBundle(size > MAX_BUNDLE_BYTES ? new Uint8Array(MAX_BUNDLE_BYTES + 1) : await readFile(file))
  } catch {
    return refused({
      code: 'invalid_input',
      message: `${file} cannot be read.`,
      remedy: 'Name a file with evidence.',
    })
  }
}
