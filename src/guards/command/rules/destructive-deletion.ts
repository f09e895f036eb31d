import { placeOf, writtenTo } from '../places.ts'
import type { Argument, Invocation } from '../reading.ts'
import { hasFlag, operands } from '../reading.ts'
import type { CommandRule, Sighting } from '../rule.ts'
import { findRoots } from '../wrappers.ts'

export const destructiveDeletion: CommandRule = {
  name: 'command.destructive-deletion',
  class: 'Destructive deletion',
  explanation:
    'Refuses to delete or overwrite the system, a home directory, a device, the git directory or the whole workspace.',
  remedy: 'Name the exact files or directories inside the workspace, relative to it and without variables.',
  refuses: [
    'rm -rf /',
    'rm -rf ~',
    'find / -name core -delete',
    'rm -rf .git',
    'dd if=/dev/zero of=/dev/sda',
  ],
  allows: [
    'rm -rf node_modules dist',
    'find . -name "*.pyc" -delete',
    'rm -f .git/index.lock',
    'rm -rf /tmp/build',
  ],
  *look(reading, { workspace }) {
    for (const invocation of reading.invocations)
      for (const target of deleted(invocation)) yield* objection(target, invocation, workspace)
    for (const { name, span } of reading.invocations)
      if (
        /^(mkfs(\..+)?|wipefs|fdisk|parted|sgdisk|blkdiscard|mkswap|shutdown|reboot|halt|poweroff)$/.test(
          name,
        )
      )
        yield { verdict: 'deny', reason: `${name} works on whole disks or on the machine.`, span }
    for (const target of writtenTo(reading)) {
      const place = placeOf(target, workspace)
      if (place.kind === 'system' || place.kind === 'device')
        yield { verdict: 'deny', reason: `It writes to ${place.path}, outside the workspace.` }
    }
    for (const { code, interpreter, span } of reading.inline)
      if (
        /(rmtree|rmSync|rm_rf|remove_dir_all|rimraf|remove_tree)[\s('"`(]+(\/(?!tmp\/|workspace\/.)|~|\.git['"`/])/.test(
          code,
        )
      )
        yield {
          verdict: 'deny',
          reason: `The inline ${interpreter} program deletes a tree outside the workspace.`,
          span,
        }
  },
}

/** The words a command would delete, with all below them. */
function deleted({ name, args }: Invocation): readonly Argument[] {
  if (name === 'rm' || name === 'shred' || name === 'unlink' || name === 'rmdir') return operands(args)
  if (name === 'srm' || name === 'trash' || name === 'rimraf' || name === 'del') return operands(args)
  if (name === 'find' && args.some(({ text }) => text === '-delete')) return findRoots(args).map(below)
  if ((name === 'chmod' || name === 'chown' || name === 'chgrp') && hasFlag(args, 'R', '--recursive'))
    return operands(args).slice(1)
  if (name === 'mv') return operands(args).slice(0, -1)
  return []
}

function below(root: Argument): Argument {
  return { ...root, text: `${root.text.replace(/\/+$/, '')}/found` }
}

function* objection(
  target: Argument,
  { name, args, span }: Invocation,
  workspace: string,
): Iterable<Sighting> {
  const place = placeOf(target, workspace)
  const recursive = name !== 'rm' || hasFlag(args, 'r', '--recursive') || hasFlag(args, 'R')
  if (place.kind === 'system' || place.kind === 'home' || place.kind === 'device')
    yield { verdict: 'deny', reason: `${name} would destroy ${place.path}, outside the workspace.`, span }
  else if (place.kind === 'unknown' && recursive)
    yield {
      verdict: 'ask',
      reason: `What ${name} would destroy cannot be read from ${place.path || 'its input'}.`,
      span,
    }
  else if (place.kind === 'workspace' && recursive) {
    if (/^\.git(\/(?!.*\.lock$)|$)/.test(place.path))
      yield { verdict: 'deny', reason: `${name} would destroy the git directory.`, span }
    else if (place.path === '' || /^(\.?\*+|\.\[.*)$/.test(place.path))
      yield { verdict: 'ask', reason: `${name} would destroy the whole workspace.`, span }
  }
}
