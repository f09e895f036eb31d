import { type Place, placeOf } from '../places.ts'
import type { Argument, Invocation } from '../reading.ts'
import { hasFlag, hasWord, operands, optionValues } from '../reading.ts'
import type { CommandRule, Sighting } from '../rule.ts'
import { findRoots, isPicked } from '../wrappers.ts'

export const destructiveDeletion: CommandRule = {
  name: 'command.destructive-deletion',
  class: 'destructive',
  explanation:
    'Refuses to delete or scramble the system, a home directory, the git directory or all of the workspace.',
  remedy: 'Name the exact files or directories inside the workspace, relative to it and without variables.',
  refuses: [
    'rm -rf /',
    'rm -rf ~',
    'find / -delete',
    'rm -rf .git',
    'cd / && rm -rf *',
    `python3 -c "import shutil; shutil.rmtree('/')"`,
    'D=/etc; rm -rf "$D"',
  ],
  allows: [
    'rm -rf node_modules dist',
    'find . -name "*.pyc" -delete',
    'rm -f .git/index.lock',
    'rm -rf /tmp/build',
    `rm -rf "\${BUILD_DIR}"/cache`,
    'rm -rf ~/.cache/pip',
  ],
  *look(reading, { workspace }) {
    for (const invocation of reading.invocations)
      for (const target of destroyed(invocation)) yield* objection(target, invocation, workspace)
    for (const { deletes, interpreter, span } of reading.codes)
      for (const path of deletes) {
        const { kind } = placeOf({ text: path, literal: true, opaque: false, substitutions: [] }, workspace)
        if (kind === 'system' || kind === 'home' || kind === 'device' || path === '.git')
          yield {
            verdict: 'deny',
            reason: `The inline ${interpreter} program deletes ${path.slice(0, 80)}.`,
            span,
          }
      }
  },
}

interface Target {
  readonly word: Argument
  /** All below it goes too. */
  readonly wholly: boolean
  /** Only what has a certain name, age or size. */
  readonly picked?: boolean
}

/** The words a command would delete or make unusable. */
function destroyed({ name, args, via }: Invocation): readonly Target[] {
  switch (name) {
    case 'rm':
    case 'srm':
    case 'wipe':
      return operands(args).map((word) => ({
        word,
        wholly: hasFlag(args, 'r', '--recursive') || hasFlag(args, 'R') || via.includes('find'),
      }))
    case 'shred':
      return operands(args).map((word) => ({ word, wholly: true }))
    case 'unlink':
    case 'rmdir':
      return operands(args).map((word) => ({ word, wholly: false }))
    case 'rimraf':
    case 'trash':
    case 'del-cli':
      return operands(args).map((word) => ({ word, wholly: true }))
    case 'find': {
      if (!args.some(({ text }) => text === '-delete')) return []
      // `-type d -delete` takes away empty directories alone.
      const picked =
        isPicked(args) || args.some(({ text }, at) => text === 'd' && args[at - 1]?.text === '-type')
      return findRoots(args).map((word) => ({ word, wholly: true, picked }))
    }
    case 'chmod':
      if (
        /^[ugoa]*\+[rxX]+$|^0?755$/.test(operands(args)[0]?.text ?? '') &&
        !hasFlag(args, 'R', '--recursive')
      )
        return []
      return changed(args)
    case 'chown':
    case 'chgrp':
      return changed(args)
    case 'mv':
      return operands(args)
        .slice(0, -1)
        .map((word) => ({ word, wholly: true }))
    case 'rsync':
      return hasWord(args, '--delete', '--delete-after', '--delete-before', '--delete-excluded')
        ? operands(args)
            .slice(-1)
            .map((word) => ({ word, wholly: true }))
        : []
    case 'tar':
      return hasWord(args, '--remove-files')
        ? operands(args)
            .slice(-1)
            .map((word) => ({ word, wholly: true }))
        : []
    case 'git':
      return operands(args)[0]?.text === 'rm'
        ? operands(args)
            .slice(1)
            .filter(({ text }) => text === '.' || text === '*')
            .map((word) => ({ word, wholly: true }))
        : []
    default:
      // A name that only the run shows could be that of `rm`, when its options are those of `rm`.
      return name.startsWith('$') &&
        args.some(
          ({ text }) =>
            text === '--recursive' ||
            (/^-[dfiIrRv]{1,8}$/.test(text) && /r/i.test(text) && text.includes('f')),
        )
        ? operands(args).map((word) => ({ word, wholly: true }))
        : []
  }
}

function changed(args: readonly Argument[]): readonly Target[] {
  const recursive = hasFlag(args, 'R', '--recursive')
  return operands(args)
    .slice(1)
    .map((word) => ({ word, wholly: recursive, picked: !recursive }))
}

function* objection(target: Target, invocation: Invocation, workspace: string): Iterable<Sighting> {
  const { name, args, directory, span, via } = invocation
  const { word, wholly } = target
  const place = placeOf(word, workspace, directory)
  const picked = target.picked === true || isPickedBy(via, word)
  if (place.kind === 'unknown') {
    if (wholly && isDangerousUnknown(word) && !isListed(word) && !/^(mv|chmod|chown|chgrp)$/.test(name))
      yield {
        verdict: 'ask',
        reason: `What ${name} would destroy cannot be read from ${word.text.slice(0, 60) || 'its input'}.`,
        span,
      }
    return
  }
  const isThrownAway = name === 'mv' && operands(args).at(-1)?.text === '/dev/null'
  const verdict = isThrownAway ? 'deny' : gravity(place, wholly, picked, name)
  if (verdict === undefined) return
  if (/^(chmod|chown|chgrp)$/.test(name) && verdict === 'ask' && optionValues(args, '--reference').length > 0)
    return
  const what =
    place.kind === 'workspace'
      ? place.path.startsWith('.git')
        ? 'the git directory'
        : 'the whole workspace'
      : `${place.path}, outside the workspace`
  yield { verdict, reason: `${name} would destroy ${what}.`, span }
}

/** `find … -exec rm {}` picks what it deletes; its words end with the stand-in that the reader put there. */
function isPickedBy(via: readonly string[], { text }: Argument): boolean {
  return (via.includes('find') || via.includes('fd') || via.includes('xargs')) && /(^|\/)found$/.test(text)
}

/** `$(BUILDDIR)/*`, `$OUTPUT_DIR/`: names for what a build leaves behind. */
const BUILT =
  /^["']?\$\{?\w{0,30}(BUILD|DIST|OUT|TARGET|TMP|TEMP|CACHE|OBJ|GEN|COVERAGE|ARTIFACT|build|dist|out|target|tmp|temp|cache)\w{0,30}\}?["']?\/?\*?$/

function isDangerousUnknown({ text }: Argument): boolean {
  if (BUILT.test(text)) return false
  return /^["']?\$[\w{}]+["']?\/\*?$|^\$\(|^`|^["']?\$\{?\w+\}?["']?\/?\*$/.test(text) || text === ''
}

/** `rm -rf $(find . -name __pycache__)`: what a listing of the workspace found. */
function isListed({ substitutions }: Argument): boolean {
  return (
    substitutions.length > 0 &&
    substitutions.every(
      ({ name, args }) =>
        LISTERS.has(name) &&
        !args.some(({ text, opaque }) => opaque || /^[/~]|(^|\/)\.\.(\/|$)/.test(text)) &&
        (name !== 'find' || isPicked(args)),
    )
  )
}

const LISTERS = new Set('find fd ls git grep rg sort uniq head tail wildcard'.split(' '))

function gravity(place: Place, wholly: boolean, picked: boolean, name: string): 'ask' | 'deny' | undefined {
  const changesModes = /^(chmod|chown|chgrp)$/.test(name)
  switch (place.kind) {
    case 'system':
      if (picked && !changesModes) return place.depth === 0 ? 'ask' : 'deny'
      if (changesModes)
        return wholly || /^\/(bin|sbin|usr|lib|etc)(\/|$)/.test(place.path)
          ? wholly
            ? 'deny'
            : 'ask'
          : undefined
      return 'deny'
    case 'device':
      return changesModes ? 'ask' : 'deny'
    case 'home':
      if (changesModes) return wholly && place.depth === 0 ? 'deny' : undefined
      if (picked) return place.depth < 2 && name !== 'mv' ? 'ask' : undefined
      if (place.depth === 0) return 'deny'
      return wholly && name !== 'mv' ? 'ask' : undefined
    case 'elsewhere':
      return (wholly || picked) && place.depth < 2 && !changesModes && name !== 'mv' ? 'ask' : undefined
    case 'workspace':
      if (!wholly || changesModes || name === 'mv')
        return /^\.git(\/|$)/.test(place.path) && !changesModes && !/\.lock$|\/hooks\//.test(place.path)
          ? 'deny'
          : undefined
      if (/^\.git(\/|$)/.test(place.path) && !place.path.endsWith('.lock')) return 'deny'
      return isWhole(place.path) && !picked ? 'ask' : undefined
    default:
      return undefined
  }
}

function isWhole(path: string): boolean {
  return path === '' || /^(\.?\*{1,2}|\.\[.*|\.\*)$/.test(path)
}
