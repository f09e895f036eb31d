import { constants } from 'node:fs'
import { access, open, readFile, realpath } from 'node:fs/promises'
import { dirname, join, resolve, sep } from 'node:path'
import type { CustomRule } from '#guards/command/custom-rule.ts'
import { ok, type Result, refused } from '#kernel/result.ts'

const PROJECT_FILE = 'airlock.yaml'
const LARGEST = 256 * 1024

/**
 * The rules of the command guard that people wrote: those of the file that is named, and those that airlock.yaml of the
 * repository around brings along. A repository may only tighten: whoever writes to it would allow themselves everything. What cannot be
 * read is refused, and not left out.
 */
export async function commandRules(
  workspace: string,
  named: { readonly file: string | undefined; readonly directory: string },
): Promise<Result<readonly CustomRule[]>> {
  const own =
    named.file === undefined ? ok([]) : await rulesIn(resolve(named.directory, named.file), named.file)
  if (!own.ok) return own
  const root = await rootOf(workspace)
  if (root === undefined) return own
  const repository = await rulesOfRepository(root)
  if (!repository.ok) return repository
  return ok([...own.value, ...repository.value.filter(({ verdict }) => verdict !== 'allow')])
}

/** The nearest directory with an airlock.yaml; not above the repository that the workspace is in. */
async function rootOf(workspace: string): Promise<string | undefined> {
  for (let at = workspace; ; at = dirname(at)) {
    if (await exists(join(at, PROJECT_FILE))) return at
    if (at === dirname(at) || (await exists(join(at, '.git')))) return undefined
  }
}

async function rulesOfRepository(root: string): Promise<Result<readonly CustomRule[]>> {
  const bytes = await smallFile(join(root, PROJECT_FILE))
  if (bytes === undefined) return unreadable(PROJECT_FILE)
  // Loaded here: where there is no such file, nobody should wait for it.
  const { readProjectFile } = await import('#gates/project-file.ts')
  const file = readProjectFile(bytes)
  if (!file.ok) return file
  const rules = file.value.guards?.command.rules ?? []
  if (typeof rules === 'string') return rulesBelow(root, rules)
  const { checkedRules } = await import('#guards/command/custom-file.ts')
  const checked = checkedRules(rules)
  if ('rules' in checked) return ok(checked.rules)
  return refused({
    code: 'invalid_configuration',
    message: `${PROJECT_FILE}: guards.command.rules.${checked.at.join('.')}: ${checked.wrong}.`,
    rule: 'guard.rules',
    remedy: 'docs/guards.md shows a rule with all its parts.',
  })
}

async function rulesBelow(root: string, path: string): Promise<Result<readonly CustomRule[]>> {
  const [real, base] = await Promise.all([realpath(join(root, path)).catch(() => ''), realpath(root)])
  return real.startsWith(`${base}${sep}`) ? rulesIn(real, path) : unreadable(path)
}

async function rulesIn(path: string, shown: string): Promise<Result<readonly CustomRule[]>> {
  const bytes = await smallFile(path)
  if (bytes === undefined) return unreadable(shown)
  const { parseCustomRules } = await import('#guards/command/custom-file.ts')
  return parseCustomRules(bytes.toString('utf8'), shown)
}

/** A regular file of moderate size: a repository may have a pipe there, or a link to a device without end. */
async function smallFile(path: string): Promise<Buffer | undefined> {
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK).catch(() => undefined)
  try {
    const stats = await file?.stat()
    return stats?.isFile() && stats.size <= LARGEST && file !== undefined ? await readFile(file) : undefined
  } finally {
    await file?.close()
  }
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}

function unreadable(file: string): Result<never> {
  return refused({
    code: 'invalid_input',
    message: `${file} cannot be read.`,
    remedy: 'Name a text file that you can read, inside of the repository if it is named by airlock.yaml.',
  })
}
