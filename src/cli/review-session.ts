import type { PatchSelection } from '#contract/patch.ts'
import type { Task } from '#contract/task.ts'
import { type FilePatch, splitPatch } from '#review/patch-text.ts'
import { approveTask } from './approve-task.ts'
import { checkedDiff } from './checked-diff.ts'
import type { Client } from './client.ts'
import { follow } from './follow.ts'
import { proposedMessage } from './proposed-message.ts'
import { diffText, hunkLabel } from './render/diff.ts'
import { failureText } from './render/failure.ts'
import { fileName } from './render/file-lines.ts'
import { nextSteps, taskDetail } from './render/task-detail.ts'
import { DONE, type Outcome, type Session } from './session.ts'
import { oneLine, shortened } from './terminal/safe-text.ts'

/** One patch on the screen. Every step either ends the review or gives the desk to go on with. */
interface Desk {
  readonly session: Session<unknown>
  readonly client: Client
  readonly task: Task
  readonly patch: Uint8Array
}

type Step = { readonly done: Outcome } | { readonly desk: Desk }

/** Asks a person what to do with a change until they have decided or leave. */
export async function reviewByKeyboard(
  session: Session<unknown>,
  client: Client,
  task: Task,
): Promise<Outcome> {
  const patch = await checkedDiff(client, task)
  if (!patch.ok) return patch
  let desk: Desk = { session, client, task, patch: patch.value }
  for (;;) {
    const step = await takeStep(desk)
    if ('done' in step) return step.done
    desk = step.desk
  }
}

async function takeStep(desk: Desk): Promise<Step> {
  const { session, task } = desk
  const choice = await session.prompts.choose('What now?', [
    { value: 'diff', label: 'Look at the diff' },
    { value: 'approve', label: 'Approve', hint: 'let exactly this patch out, as your commit' },
    { value: 'files', label: 'Drop files', hint: 'a smaller patch is made and checked again' },
    { value: 'hunks', label: 'Drop hunks', hint: 'parts of one file' },
    { value: 'reject', label: 'Reject', hint: 'with a comment; another attempt if you like' },
    { value: 'leave', label: 'Decide later' },
  ])
  switch (choice) {
    case 'diff':
      await session.page(diffText(desk.patch, session.screen.paint))
      return { desk }
    case 'approve':
      return approve(desk)
    case 'files':
      return dropFiles(desk)
    case 'hunks':
      return dropHunks(desk)
    case 'reject':
      return reject(desk)
    default:
      session.screen.print(nextSteps(task, session.screen.paint))
      return { done: DONE }
  }
}

async function approve(desk: Desk): Promise<Step> {
  const { session, client, task } = desk
  const given = task.approvals?.wording
  let wording: Wording = { message: given?.message ?? proposedMessage(task), branch: given?.branch ?? '' }
  for (;;) {
    const choice = await session.prompts.choose(`Let exactly ${task.patch?.digest.slice(0, 19)}… out?`, [
      ...(given === undefined
        ? []
        : [{ value: 'same', label: 'Yes, as the others approved it', hint: shortened(given.message, 72) }]),
      { value: 'push', label: 'Yes, push it', hint: shortened(wording.message, 72) },
      { value: 'commit', label: 'Yes, but do not push it yet' },
      { value: 'word', label: 'Change the message or the branch first' },
      { value: 'no', label: 'No' },
    ])
    if (choice === undefined || choice === 'no') return { desk }
    if (choice === 'same' && given !== undefined) {
      const same = { patchDigest: task.patch?.digest ?? '', ...given }
      return { done: await approveTask(session, client, task, same) }
    }
    if (choice === 'word') {
      wording = await reworded(desk, wording)
      continue
    }
    const { message, branch } = wording
    const outcome = await approveTask(session, client, task, {
      patchDigest: task.patch?.digest ?? '',
      message,
      push: choice === 'push',
      ...(branch === '' ? {} : { branch }),
    })
    return { done: outcome }
  }
}

/** What the commit says and where it goes; an empty branch is the usual one. */
interface Wording {
  readonly message: string
  readonly branch: string
}

async function reworded({ session }: Desk, wording: Wording): Promise<Wording> {
  const message = await session.prompts.lines('Commit message', wording.message)
  if (message === undefined || message.trim() === '') return wording
  const branch = await session.prompts.line('Branch (empty for the usual one)', wording.branch)
  return { message, branch: branch?.trim() ?? wording.branch }
}

async function dropFiles(desk: Desk): Promise<Step> {
  const files = desk.task.patch?.files ?? []
  const choices = files.map((file, place) => ({ value: String(place), label: fileName(file) }))
  const picked = await desk.session.prompts.pickMany('Which files stay out?', choices)
  const paths = (picked ?? []).flatMap((place) => files[Number(place)]?.path ?? [])
  return select(desk, { dropFiles: paths, dropHunks: [] })
}

async function dropHunks(desk: Desk): Promise<Step> {
  const { session, task } = desk
  const texts = splitPatch(desk.patch)
  const files = (task.patch?.files ?? []).filter((file) => file.kind !== 'type')
  const choices = files.map((file, place) => ({ value: String(place), label: fileName(file) }))
  const place = choices.length === 1 ? '0' : await session.prompts.choose('In which file?', choices)
  const file = files[Number(place ?? -1)]
  const text = texts.find((each) => file !== undefined && isOf(each, file.path))
  if (file === undefined || text === undefined || text.hunks.length === 0) {
    if (file !== undefined)
      session.screen.print('Its parts cannot be told apart: drop the whole file instead.')
    return { desk }
  }
  const hunks = text.hunks.map((hunk, number) => ({ value: String(number), label: hunkLabel(hunk) }))
  const picked = await session.prompts.pickMany(`Which parts of ${oneLine(file.path)} stay out?`, hunks)
  const dropHunks = (picked ?? []).map((number) => ({ path: file.path, hunk: Number(number) }))
  return select(desk, { dropFiles: [], dropHunks })
}

/** By the header of the text; a name that git had to quote is not found, and the file can only be dropped whole. */
function isOf(text: FilePatch, path: string): boolean {
  const name = Buffer.from(path, 'utf8').toString('latin1')
  return text.header.includes(`\n+++ b/${name}\n`) || text.header.includes(`\n--- a/${name}\n`)
}

/** Asks for the smaller patch, waits until it is checked, and puts it on the desk. */
async function select(desk: Desk, selection: PatchSelection): Promise<Step> {
  const { session, client, task } = desk
  if (selection.dropFiles.length + selection.dropHunks.length === 0) return { desk }
  const selected = await client.select(task.id, { ...selection, patchDigest: task.patch?.digest ?? '' })
  if (!selected.ok) {
    session.screen.remark(failureText(selected.failure, session.screen.paint))
    return { desk }
  }
  session.screen.status('a smaller patch is being checked …')
  const followed = await follow(session, client, selected.value, true)
  session.screen.status('')
  if (!followed.ok) return { done: followed }
  const now = followed.value.task
  session.screen.print(taskDetail(now, { paint: session.screen.paint, now: session.clock() }))
  if (now.state !== 'awaiting_review') return { done: DONE }
  const patch = await checkedDiff(client, now)
  return patch.ok ? { desk: { ...desk, task: now, patch: patch.value } } : { done: patch }
}

async function reject(desk: Desk): Promise<Step> {
  const { session, client, task } = desk
  const comment = await session.prompts.lines('What is wrong with it?')
  if (comment === undefined) return { desk }
  const retry = await session.prompts.confirm('Begin another attempt with that?', true)
  if (retry === undefined) return { desk }
  const rejected = await client.reject(task.id, { comment, retry })
  if (!rejected.ok) return { done: rejected }
  session.screen.print(
    retry
      ? `Another attempt begins.\n\n${nextSteps(rejected.value, session.screen.paint)}`
      : `Task ${task.number} is rejected.`,
  )
  return { done: DONE }
}
