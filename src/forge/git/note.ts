import { ok, type Result, refused } from '#kernel/result.ts'
import type { Remote } from '../repository.ts'
import { identity } from './commit.ts'
import { pushRef, pushRefused, remoteCommit } from './push.ts'
import { remoteCall } from './remote-call.ts'
import { git, runGit } from './run-git.ts'

const AIRLOCK = { id: 'airlock', name: 'Airlock', email: 'airlock@localhost' }
const NOTES = /^refs\/notes\/[a-z][a-z0-9-]*$/

/** Attaches text to a commit, byte for byte, in place of a former note of ours. */
export async function addNote(
  gitDirectory: string,
  commit: string,
  ref: string,
  text: string,
): Promise<void> {
  checkRef(ref)
  const blob = await git({
    gitDirectory,
    args: ['hash-object', '-w', '--no-filters', '--stdin'],
    input: Buffer.from(text),
  })
  const moment = await git({ gitDirectory, args: ['show', '-s', '--format=%ct', '--end-of-options', commit] })
  await git({
    gitDirectory,
    args: ['notes', `--ref=${ref}`, 'add', '--force', '-C', blob.toString('latin1').trim(), commit],
    environment: identities(Number(moment.toString('latin1'))),
  })
}

/** Pushes our notes, joined with those the remote has already. */
export async function pushNotes(gitDirectory: string, remote: Remote, ref: string): Promise<Result<void>> {
  checkRef(ref)
  const call = await remoteCall(remote, gitDirectory)
  if (!call.ok) return call
  const there = await remoteCommit(gitDirectory, call.value, ref)
  if (!there.ok) return there
  if (there.value !== undefined) await join(gitDirectory, call.value, ref)
  const commit = (await git({ gitDirectory, args: ['rev-parse', '--verify', ref] })).toString('latin1').trim()
  if (commit === there.value) return ok(undefined)
  const outcome = await pushRef(gitDirectory, call.value, { ref, commit, expected: there.value ?? '' })
  return outcome.exitCode === 0 ? ok(undefined) : refused(pushRefused(outcome))
}

async function join(
  gitDirectory: string,
  call: {
    readonly url: string
    readonly uploadPack: readonly string[]
    readonly config: readonly string[]
    readonly environment: Readonly<Record<string, string>>
  },
  ref: string,
): Promise<void> {
  const theirs = ref.replace('refs/notes/', 'refs/notes/theirs-')
  const { config, environment } = call
  const args = [
    'fetch',
    ...call.uploadPack,
    '--quiet',
    '--no-tags',
    '--no-write-fetch-head',
    '--',
    call.url,
    `+${ref}:${theirs}`,
  ]
  await git({ gitDirectory, args, config, environment })
  const merged = await runGit({
    gitDirectory,
    args: ['notes', `--ref=${ref}`, 'merge', '--quiet', '--strategy=ours', theirs],
    environment: identities(0),
  })
  if (merged.exitCode !== 0) throw new Error(`notes could not be joined: ${merged.stderr}`)
}

function identities(at: number): Record<string, string> {
  return { ...identity('AUTHOR', AIRLOCK, at), ...identity('COMMITTER', AIRLOCK, at) }
}

function checkRef(ref: string): void {
  if (!NOTES.test(ref)) throw new TypeError(`not a ref for notes: ${ref}`)
}
