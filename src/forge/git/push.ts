import { access, constants } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { Failure } from '#kernel/failure.ts'
import { ok, type Result, refused } from '#kernel/result.ts'
import { featureBranch } from '../feature-branch.ts'
import type { PushRequest, Remote } from '../repository.ts'
import { type RemoteCall, remoteCall } from './remote-call.ts'
import { type GitOutcome, runGit } from './run-git.ts'

/** Pushes one commit to one new feature branch. Already there with that commit is success; with another, `conflict`. */
export async function pushBranch(
  gitDirectory: string,
  remote: Remote,
  request: PushRequest,
): Promise<Result<'pushed' | 'already_there'>> {
  const branch = featureBranch(request.branch, request)
  if (!branch.ok) return branch
  const call = await remoteCall(remote, gitDirectory)
  if (!call.ok) return call
  const hooks = await receivingHooks(call.value)
  if (hooks !== undefined) return refused(hasHooks(hooks))

  const ref = `refs/heads/${branch.value}`
  const before = await remoteCommit(gitDirectory, call.value, ref)
  if (!before.ok) return before
  if (before.value !== undefined) return settled(before.value, request)

  const outcome = await pushRef(gitDirectory, call.value, { ref, commit: request.commit, expected: '' })
  if (outcome.exitCode === 0) return ok('pushed')
  const after = await remoteCommit(gitDirectory, call.value, ref)
  if (after.ok && after.value !== undefined) return settled(after.value, request)
  return refused(pushRefused(outcome))
}

/** Pushes exactly one refspec, and only while the remote's ref is still what was seen (empty: not there). */
export function pushRef(
  gitDirectory: string,
  call: RemoteCall,
  update: { readonly ref: string; readonly commit: string; readonly expected: string },
): Promise<GitOutcome> {
  return runGit({
    gitDirectory,
    args: [
      'push',
      ...call.receivePack,
      '--porcelain',
      '--no-verify',
      '--no-follow-tags',
      '--no-signed',
      `--force-with-lease=${update.ref}:${update.expected}`,
      '--',
      call.url,
      `${update.commit}:${update.ref}`,
    ],
    config: call.config,
    environment: call.environment,
  })
}

/** What a ref of the remote points to now. */
export async function remoteCommit(
  gitDirectory: string,
  call: RemoteCall,
  ref: string,
): Promise<Result<string | undefined>> {
  const outcome = await runGit({
    gitDirectory,
    args: ['ls-remote', ...call.uploadPack, '--', call.url, ref],
    config: call.config,
    environment: call.environment,
  })
  if (outcome.exitCode !== 0) return refused(pushRefused(outcome))
  const line = outcome.stdout
    .toString('utf8')
    .split('\n')
    .find((text) => text.endsWith(`\t${ref}`))
  return ok(line?.slice(0, line.indexOf('\t')))
}

export function pushRefused(outcome: GitOutcome): Failure {
  const said = `${outcome.stdout.toString('utf8')}\n${outcome.stderr}`
  const reason = /^!\t[^\t]*\t(.+)$/m.exec(said)?.[1] ?? outcome.stderr.split('\n')[0] ?? 'no reason given'
  return {
    code: 'push_refused',
    message: `The remote did not take the push: ${reason}`,
    remedy: "See the remote's own words; give the credential the right to push airlock/* branches.",
    details: { words: outcome.stderr, ended: outcome.ended },
  }
}

function settled(there: string, request: PushRequest): Result<'already_there'> {
  if (there === request.commit) return ok('already_there')
  return refused({
    code: 'conflict',
    message: `The branch '${request.branch}' exists already, with another commit.`,
    rule: 'push.must-not-exist',
    remedy: 'Choose another branch name, or remove that branch at the remote.',
    details: { branch: request.branch, there, ours: request.commit },
  })
}

/**
 * Airlock executes nothing that a repository brings, its hooks included. A local remote whose hooks may refuse a push is
 * therefore refused as a whole: pushing past them would break the owner's rule.
 */
async function receivingHooks(call: RemoteCall): Promise<string | undefined> {
  if (call.address.kind !== 'local') return undefined
  const { path } = call.address
  const ask = async (...args: string[]) => {
    const outcome = await runGit({ args: ['-C', path, ...args], config: ['safe.directory=*'] })
    return outcome.exitCode === 0 ? outcome.stdout.toString('utf8').replace(/\n$/, '') : undefined
  }
  const own = resolve(path, (await ask('rev-parse', '--git-common-dir')) ?? '.')
  const configured = await ask('config', '--local', '--get', 'core.hooksPath')
  const directories =
    configured === undefined ? [join(own, 'hooks')] : [resolve(own, configured), resolve(path, configured)]
  for (const directory of directories)
    for (const hook of VETOING_HOOKS) if (await executable(join(directory, hook))) return hook
  return undefined
}

const VETOING_HOOKS = ['pre-receive', 'update', 'reference-transaction', 'proc-receive']

function executable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  )
}

function hasHooks(hook: string): Failure {
  return {
    code: 'push_refused',
    message: `The repository at this path has a '${hook}' hook, and Airlock executes nothing that a repository brings.`,
    rule: 'push.local-hooks',
    remedy: 'Give the http or ssh address of the server that keeps this repository.',
    details: { hook },
  }
}
