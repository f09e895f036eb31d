import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Result } from '#kernel/result.ts'
import { imported } from '../attacks.ts'
import { type Attack, gotThrough, type LabCase, stopped, unclear } from '../lab-case.ts'
import type { Scene } from '../scene.ts'
import type { TakenFile } from '../take.ts'

const group = 'import by the host'
const OWN_GIT = 'git runs in a sandbox, on a repository that the agent never saw'
const READ_BY_GIT = 'the host takes objects that git packed, and follows nothing'

/** What a program would do if anybody ran it: outside of the sandbox it leaves a sign. */
const trap = (sign: string) => `#!/bin/sh\ntouch ${sign} 2>/dev/null\ncat\n`
const signOf = (scene: Scene, name: string) => join(scene.trap, name)

export const IMPORT_CASES: readonly LabCase[] = [
  runs('fsmonitor', 'run its program as the file system monitor of git', 'git config core.fsmonitor "$TRAP"'),
  runs(
    'hooks',
    'run its program as a hook',
    'for h in post-index-change pre-commit post-checkout reference-transaction pre-auto-gc post-commit; do cp "$TRAP" .git/hooks/$h; done; git config core.hooksPath .git/hooks',
  ),
  runs(
    'filters',
    'run its program as a filter of files',
    'for k in clean smudge process; do git config filter.evil.$k "$TRAP"; done; git config filter.evil.required true; echo "* filter=evil" > .gitattributes',
  ),
  runs(
    'drivers',
    'run its program to show or merge changes',
    'git config diff.external "$TRAP"; git config diff.evil.textconv "$TRAP"; git config diff.evil.command "$TRAP"; git config merge.evil.driver "$TRAP"; echo "* diff=evil merge=evil" > .gitattributes',
  ),
  runs(
    'helpers',
    'run its program as a helper of git',
    'for k in core.sshCommand core.pager core.editor core.askPass gpg.program credential.helper core.alternateRefsCommand uploadpack.packObjectsHook sequence.editor; do git config $k "$TRAP"; done; git config alias.status "!$TRAP"; git config alias.add "!$TRAP"',
  ),
  runs(
    'included-configuration',
    'run its program by configuration that is included',
    'printf "[core]\\n fsmonitor = $TRAP\\n" > more; git config include.path ../more; git config includeIf.gitdir:/.path ../more; git config core.attributesFile more',
  ),
  runs(
    'nested-repository',
    'run its program from the configuration of a repository inside',
    'git init -q sub && echo x > sub/file && git -C sub add file && git -C sub -c user.name=x -c user.email=x@localhost commit -qm x && git -C sub config core.fsmonitor "../$TRAP" && cp "$TRAP" sub/.git/hooks/post-index-change',
  ),
  reads('symlink-to-file', 'have the host read a file of its own through a link', 'ln -s "$SECRET" link'),
  reads(
    'symlink-to-directory',
    'have the host walk into its own directories through a link',
    'ln -s "$ROOT" tree',
  ),
  reads(
    'symlink-in-path',
    'have the host write or read through a directory that became a link',
    'mkdir d && echo x > d/secret && git add d && rm -r d && ln -s "$ROOT" d',
  ),
  reads(
    'worktree',
    "point git's working tree at a directory of the host",
    'git config core.worktree "$ROOT/neighbour"',
  ),
  reads(
    'git-file',
    'point git at another repository',
    'rm -rf .git && echo "gitdir: $ROOT/neighbour/.git" > .git',
  ),
  reads('git-link', 'put a link in the place of .git', 'rm -rf .git && ln -s "$ROOT" .git'),
  reads(
    'alternates',
    'borrow objects from a repository of the host',
    'mkdir -p .git/objects/info && echo "$ROOT/neighbour/.git/objects" > .git/objects/info/alternates',
  ),
  brings(
    'links-that-leave',
    'hand the reviewer links that lead out of the repository',
    READ_BY_GIT,
    'ln -s ../../../etc/passwd up; ln -s /etc/passwd absolute; mkdir d; ln -s ../d/../../x d/wind',
    ({ mode }) => mode === '120000',
  ),
  brings(
    'look-alikes',
    'bring in names that pass for .git where case or form does not matter',
    'such names are left out',
    'mkdir -p .GIT git~1 "$(printf ".g\\342\\200\\214it")" && for d in .GIT git~1 "$(printf ".g\\342\\200\\214it")"; do echo x > "$d/config"; done',
    ({ path }) => /(^|\/)(\.git|git~1|\.g.it)(\/|$)/i.test(path),
  ),
  brings(
    'submodule',
    'add a submodule whose address runs a command when it is fetched',
    'a task does not change .gitmodules, and brings no link to another repository',
    'printf "[submodule \\"x\\"]\\n path = x\\n url = ext::sh -c touch%% /tmp/x\\n update = !sh\\n" > .gitmodules; git update-index --add --cacheinfo 160000,1234567890123456789012345678901234567890,x',
    ({ path, mode }) => path === '.gitmodules' || mode === '160000',
  ),
  brings(
    'special-files',
    'have the host wait for ever on a pipe among the files',
    'what is no file is left out, unopened',
    'mkfifo pipe && mkdir d && mkfifo d/pipe',
    ({ path }) => path.endsWith('pipe'),
  ),
  brings(
    'odd-modes',
    'bring in a set-user-id program',
    'a file in a tree is executable or not, and nothing else',
    'cp /usr/bin/id me && chmod 6755 me',
    ({ mode }) => !['100644', '100755'].includes(mode),
  ),
  brings(
    'large-file',
    'bring in a file that no reviewer could read',
    'files above a bound are left out',
    'head -c 12m /dev/zero > large',
    ({ path }) => path === 'large',
  ),
  {
    id: 'import.hostile-names',
    group,
    tries: 'pass names off as options or further lines: dashes, line ends, escapes, bytes that are no text',
    stops: 'names are bytes that end in NUL, behind --',
    attack: taken(
      'hostile-names',
      'touch -- "-rf" "--upload-pack=sh" "$(printf "a\\nb")" "$(printf "c\\033[2J")" "$(printf "d\\377")"',
      (files) => {
        const names = files.map(({ path }) => path).filter((path) => path !== 'honest')
        return names.length === 5 ? undefined : `${names.length} of five names came through`
      },
    ),
  },
  {
    id: 'import.unreadable',
    group,
    tries: 'stop the import with files that nobody may read',
    stops: 'they are left out and named',
    attack: taken(
      'unreadable',
      'echo x > closed && mkdir shut && echo x > shut/inner && chmod 000 closed shut',
      (files) => (files.some(({ path }) => path === 'closed') ? 'it was read' : undefined),
    ),
  },
]

function runs(name: string, tries: string, script: string): LabCase {
  return { id: `import.${name}`, group, tries, stops: OWN_GIT, attack: taken(name, script, () => undefined) }
}

function reads(name: string, tries: string, script: string): LabCase {
  return {
    id: `import.${name}`,
    group,
    tries,
    stops: READ_BY_GIT,
    attack: taken(name, script, () => undefined),
  }
}

function brings(
  name: string,
  tries: string,
  stops: string,
  script: string,
  isBad: (file: TakenFile) => boolean,
): LabCase {
  const attack = taken(name, script, (files) => files.find(isBad)?.path)
  return { id: `import.${name}`, group, tries, stops, attack }
}

/** Beside the trick lies an honest file: an import that brought nothing at all would prove nothing. */
function taken(
  name: string,
  script: string,
  fault: (files: readonly TakenFile[]) => string | undefined,
): Attack {
  return imported(
    (scene) => `set -e
git init -q . && git config user.name lab && git config user.email lab@localhost
cat > .git/trap <<'TRAP'
${trap(signOf(scene, name))}TRAP
chmod 755 .git/trap; TRAP=.git/trap; SECRET=${scene.secretFile}; ROOT=${scene.root}
echo honest > honest
${script}
`,
    (result, scene, { ending, stderr }) => {
      if (ending.exitCode !== 0)
        return unclear(`the workspace could not be prepared: ${stderr.slice(0, 200)}`)
      if (existsSync(signOf(scene, name))) return gotThrough('the host ran it')
      return verdictOf(result, scene, fault)
    },
  )
}

function verdictOf(
  result: Result<readonly TakenFile[]>,
  scene: Scene,
  fault: (files: readonly TakenFile[]) => string | undefined,
) {
  if (!result.ok) return unclear(`nothing could be taken in: ${result.failure.message}`)
  if (result.value.some(({ content }) => content.includes(scene.secret)))
    return gotThrough('a secret of the host came in')
  const wrong = fault(result.value)
  if (wrong !== undefined) return gotThrough(wrong)
  const honest = result.value.some(({ path }) => path === 'honest')
  return honest ? stopped('only the honest files came in') : unclear('the honest file did not come in')
}
