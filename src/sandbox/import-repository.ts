import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { BOUNDS } from '#contract/bounds.ts'
import type { HostUser } from './host-user.ts'
import { hostProgram } from './workspace/host-program.ts'

/** The repository in which an import happens: new for each one, its objects borrowed from the untouched base checkout. */
export async function plantImportRepository(directory: string, owner: HostUser | undefined): Promise<void> {
  for (const part of ['objects/info', 'objects/pack', 'refs/heads', 'info'])
    await mkdir(join(directory, part), { recursive: true, mode: 0o755 })
  const files = {
    HEAD: 'ref: refs/heads/none\n',
    config: CONFIG,
    'info/attributes':
      '* -text !eol !crlf -ident !filter !working-tree-encoding !diff !merge !whitespace !delta\n',
    'objects/info/alternates': '/srv/base-objects\n',
  }
  for (const [name, text] of Object.entries(files)) await writeFile(join(directory, name), text)
  if (owner !== undefined) await hostProgram('chown', ['-R', `${owner.uid}:${owner.gid}`, '--', directory])
}

const CONFIG = `[core]
\trepositoryformatversion = 0
\tbare = false
\tfilemode = true
\tsymlinks = true
\tignorecase = false
\tautocrlf = false
\tprotectHFS = true
\tprotectNTFS = true
\tfsmonitor = false
\thooksPath = /dev/null
\texcludesFile = /dev/null
\tattributesFile = /dev/null
\tcompression = 1
\tfsync = none
[gc]
\tauto = 0
[protocol]
\tallow = never
`

/**
 * Three lists of NUL-terminated parts, an empty part after each: tracked paths that differ (as `diff-files --raw`),
 * untracked ones that the base does not ignore, and entries that must not be read, with why. Every tracked file is
 * hashed: times and sizes are the agent's to set.
 */
export const LIST_SCRIPT = `set -e
git read-tree "$BASE"
git update-index -q --refresh >/dev/null 2>&1 || true
git diff-files --raw -z --no-renames --no-abbrev --ignore-submodules=none
printf '\\0'
git ls-files --others -z --exclude-from=/srv/import/exclude
printf '\\0'
find . -path ./.git -prune \\
  -o -type d \\( ! -readable -o ! -executable \\) -printf 'unreadable %P\\0' -prune \\
  -o -type f ! -readable -printf 'unreadable %P\\0' \\
  -o -type f -size +${BOUNDS.fileInPatch}c -printf 'large %P\\0' \\
  -o ! -type f ! -type d ! -type l -printf 'special %P\\0'
printf '\\0'
`

/** The tree's name on the first line, then a pack of what the base does not have. */
export const PACK_SCRIPT = `set -e
git update-index -z --force-remove --stdin < /srv/import/deleted
git update-index -z --add --remove --replace --stdin < /srv/import/changed
tree=$(git write-tree)
printf '%s\\n' "$tree"
git rev-list --objects --no-object-names "$tree" --not "$BASE" > /tmp/objects
git pack-objects -q --stdout --window=0 < /tmp/objects
`
