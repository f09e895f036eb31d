import type { Failure } from '#kernel/failure.ts'
import { ok, type Result, refused } from '#kernel/result.ts'
import type { Fetched, Remote, Tip } from '../repository.ts'
import { type RemoteCall, remoteCall } from './remote-call.ts'
import { diskFull, type GitOutcome, git, runGit } from './run-git.ts'

/** Flaws of old histories that every forge tolerates; all else that fsck calls an error is refused. */
const TOLERATED = [
  'zeroPaddedFilemode',
  'badTimezone',
  'missingSpaceBeforeDate',
  'missingSpaceBeforeEmail',
  'missingNameBeforeEmail',
  'missingEmail',
  'badDateOverflow',
].map((flaw) => `fetch.fsck.${flaw}=ignore`)

/** Brings every branch of a remote into refs/remotes/origin/, and tells which one is the default. */
export async function fetchBranches(
  gitDirectory: string,
  remote: Remote,
  signal?: AbortSignal,
): Promise<Result<Fetched>> {
  const call = await remoteCall(remote, gitDirectory)
  if (!call.ok) return call
  const { url, uploadPack } = call.value
  const run = (args: readonly string[]) =>
    runGit({
      gitDirectory,
      args,
      config: [...call.value.config, ...TOLERATED],
      environment: call.value.environment,
      ...(signal === undefined ? {} : { signal }),
    })

  const head = await run(['ls-remote', ...uploadPack, '--symref', '--', url, 'HEAD'])
  if (head.exitCode !== 0) return refused(unreadable(call.value, head))
  const fetched = await run([
    'fetch',
    ...uploadPack,
    '--quiet',
    '--no-tags',
    '--update-shallow', // a clone of somebody with --depth is a base as good as any
    '--prune',
    '--no-write-fetch-head',
    '--no-recurse-submodules',
    '--',
    url,
    '+refs/heads/*:refs/remotes/origin/*',
  ])
  if (fetched.exitCode !== 0) return refused(unreadable(call.value, fetched))

  const tips = await tipsOf(gitDirectory)
  const branch = defaultBranch(head.stdout.toString('utf8'), tips)
  if (branch === undefined) return refused(empty(call.value))
  return ok({ defaultBranch: branch, tips })
}

async function tipsOf(gitDirectory: string): Promise<readonly Tip[]> {
  const format = '--format=%(objectname) %(refname:lstrip=3)'
  const output = await git({ gitDirectory, args: ['for-each-ref', format, 'refs/remotes/origin/'] })
  return output
    .toString('utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => ({ commit: line.slice(0, line.indexOf(' ')), branch: line.slice(line.indexOf(' ') + 1) }))
}

/** What HEAD names; when it is detached or names nothing, the branch it stands on, then main, master, or the first. */
function defaultBranch(advertised: string, tips: readonly Tip[]): string | undefined {
  const named = /^ref: refs\/heads\/(.+)\tHEAD$/m.exec(advertised)?.[1]
  const commit = /^([0-9a-f]{40,64})\tHEAD$/m.exec(advertised)?.[1]
  const candidates = [
    tips.find((tip) => tip.branch === named),
    ...['main', 'master'].map((name) =>
      tips.find((tip) => tip.branch === name && (tip.commit === commit || !commit)),
    ),
    tips.find((tip) => tip.commit === commit),
    ...['main', 'master'].map((name) => tips.find((tip) => tip.branch === name)),
    tips[0],
  ]
  return candidates.find((tip) => tip !== undefined)?.branch
}

function unreadable(call: RemoteCall, outcome: GitOutcome): Failure {
  const full = diskFull(outcome)
  if (full !== undefined) return full
  const why = outcome.ended === 'exited' ? lastWords(outcome.stderr) : outcome.ended.replace('_', ' ')
  return {
    code: 'repository_unreadable',
    message: `The repository at ${call.url} cannot be read: ${why}`,
    remedy: 'See that the address is right and that the credential may read it.',
    details: { stderr: outcome.stderr },
  }
}

function empty(call: RemoteCall): Failure {
  return {
    code: 'repository_empty',
    message: `The repository at ${call.url} has no commits.`,
    remedy: 'Make a first commit on a branch, then try again.',
  }
}

function lastWords(stderr: string): string {
  const lines = stderr.split('\n').filter((line) => /^(fatal|error|remote):/.test(line))
  return lines.slice(0, 3).join(' ') || stderr.split('\n').at(-1) || 'git gave no reason'
}
