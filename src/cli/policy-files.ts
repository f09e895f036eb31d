import { readdir, readFile } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import type { PolicyDraft } from '#contract/policy.ts'
import { ok, type Result, refused } from '#kernel/result.ts'

const ENDING = '.cedar'

/** A policy and the examples beside it: `NAME.cedar` with `NAME.examples.yaml`. */
export async function readPolicyDraft(workingDirectory: string, file: string): Promise<Result<PolicyDraft>> {
  const path = resolve(workingDirectory, file)
  const name = basename(path, ENDING)
  if (!path.endsWith(ENDING))
    return wrong(`${file} is no policy: its name does not end in ${ENDING}.`, 'Name it like night.cedar.')
  const text = await textOf(path)
  if (text === undefined) return wrong(`${file} cannot be read.`, 'Name a file that is there.')
  const examples = await textOf(path.replace(/\.cedar$/, '.examples.yaml'))
  if (examples === undefined)
    return wrong(`${file} has no examples.`, `Write some into ${name}.examples.yaml beside it.`)
  return ok({ name, text, examples })
}

/** Every policy of a directory. */
export async function policiesIn(workingDirectory: string, directory: string): Promise<string[]> {
  const names = await readdir(resolve(workingDirectory, directory)).catch(() => [])
  return names
    .filter((name) => name.endsWith(ENDING))
    .sort()
    .map((name) => join(directory, name))
}

function textOf(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch(() => undefined)
}

function wrong(message: string, remedy: string): Result<never> {
  return refused({ code: 'invalid_input', message, rule: 'policy.file', remedy })
}
