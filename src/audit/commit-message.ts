import type { ApprovalTuple } from '#contract/review.ts'

/**
 * The exact message of a published commit: the reviewer's words, then who and what it rests on as git trailers. The
 * publisher writes it and the verifier expects it to the byte.
 */
export function commitMessage(approval: ApprovalTuple): string {
  const trailers = [
    `Airlock-Task: ${approval.task} (#${approval.taskNumber})`,
    `Airlock-Attempt: ${approval.attempt}`,
    `Airlock-Agent: ${approval.agent}`,
    `Airlock-Model: ${approval.model}`,
    `Airlock-Requester: ${approval.requester.name} <${approval.requester.email}>`,
    `Airlock-Approval: ${approval.id}`,
    ...(approval.quorum?.with ?? []).map(
      ({ approver }) => `Airlock-Approved-With: ${approver.name} <${approver.email}>`,
    ),
  ]
  return `${plainLines(approval.message)}\n\n${trailers.map(oneLine).join('\n')}\n`
}

function plainLines(text: string): string {
  return text
    .replaceAll('\r\n', '\n')
    .replace(/[^\P{Cc}\n\t]/gu, ' ')
    .trim()
}

/** No value may begin a trailer of its own. */
function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').trim()
}
