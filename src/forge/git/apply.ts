import { ok, type Result, refused } from '#kernel/result.ts'
import { pathName, splitNul } from './path-name.ts'
import { withIndex } from './private-index.ts'
import { runGit } from './run-git.ts'

/** The tree of `onto` with a patch applied, without any working tree; `base_moved` names the files that do not fit. */
export function applyPatch(
  gitDirectory: string,
  onto: string,
  patch: Uint8Array,
  options: { readonly threeWay?: boolean } = {},
): Promise<Result<string>> {
  return withIndex(gitDirectory, onto, async (index) => {
    const flags = options.threeWay === true ? ['--3way'] : []
    const outcome = await runGit({
      gitDirectory,
      args: ['apply', '--cached', '--whitespace=nowarn', ...flags, '-'],
      config: ['apply.ignoreWhitespace=no'],
      environment: index.environment,
      input: patch,
    })
    const unmerged = await index.git({ args: ['ls-files', '-u', '-z'] })
    if (outcome.ended === 'exited' && outcome.exitCode === 0 && unmerged.length === 0)
      return ok(await index.writeTree())
    return refused({
      code: 'base_moved',
      message: 'The base has moved and the patch no longer fits.',
      rule: 'publish.base-moved',
      remedy: 'Retry the task: the next attempt starts from the base as it is now.',
      details: { files: conflicts(unmerged, outcome.stderr), words: outcome.stderr },
    })
  })
}

/** From the index where a merge was tried, else from what git said. */
function conflicts(unmerged: Buffer, words: string): string[] {
  const merged = splitNul(unmerged).map((line) => pathName(line.subarray(line.indexOf(0x09) + 1)).text)
  const said = words.split('\n').flatMap((line) => {
    const path =
      /^error: (?:patch failed: (.+):\d+|(.+?): (?:patch does not apply|does not exist in index|already exists in index|does not match index))$/.exec(
        line,
      )
    return path === null ? [] : [path[1] ?? path[2] ?? '']
  })
  return [...new Set([...merged, ...said])].sort()
}
