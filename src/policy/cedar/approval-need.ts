/** Whose approvals a rule counts, where it does not count those of all who may approve. */
const APPROVERS = ['maintainer', 'admin', 'owner', 'code-owners'] as const
export type Approvers = (typeof APPROVERS)[number]

/** What a `forbid` for approving is lifted by: so many different people approved exactly this patch. */
export interface ApprovalNeed {
  readonly count: number
  /** A role that they hold at least; of code owners, so many for each changed path that has any. */
  readonly by?: Approvers
  /** An approval that is older counts no more. */
  readonly withinSeconds: number
}

const DAY = 24 * 60 * 60
const UNITS: Readonly<Record<string, number>> = { m: 60, h: 60 * 60, d: DAY }
const USUAL = 7 * DAY
const LONGEST = 365 * DAY

/** What `@confirm("other-person")` is for an approval: whoever gives it, and somebody else. */
export const TWO_PEOPLE: ApprovalNeed = { count: 2, withinSeconds: USUAL }

const KNOWN = ['id', 'reason', 'remedy', 'approvals', 'by', 'within']

/** Reads `@approvals("2") @by("admin") @within("24h")`; neither where a rule has none of them. */
export function readApprovalNeed(annotations: Readonly<Record<string, string | null | undefined>>): {
  readonly need?: ApprovalNeed
  readonly flaw?: string
} {
  const { approvals, by, within } = annotations
  if (approvals === undefined)
    return by === undefined && within === undefined
      ? {}
      : { flaw: '@by and @within mean nothing without @approvals' }
  const count = /^(?:[1-9]|1[0-9]|20)$/.test(approvals ?? '') ? Number(approvals) : undefined
  if (count === undefined) return { flaw: '@approvals takes a number from 1 to 20' }
  if (by !== undefined && !isApprovers(by)) return { flaw: `@by takes one of ${APPROVERS.join(', ')}` }
  const withinSeconds = within === undefined ? USUAL : secondsOf(within ?? '')
  if (withinSeconds === undefined) return { flaw: '@within takes a time such as 30m, 24h or 7d, up to 365d' }
  // A name that was mistyped would leave a rule that asks for less.
  const unknown = Object.keys(annotations).find((name) => !KNOWN.includes(name))
  if (unknown !== undefined) return { flaw: `@${unknown} means nothing beside @approvals` }
  return { need: { count, withinSeconds, ...(by === undefined ? {} : { by }) } }
}

/** Such as `2 approvals by admins, none older than 24 hours`. */
export function needInWords(need: {
  readonly count: number
  readonly by?: string | undefined
  readonly withinSeconds: number
}): string {
  const { count, by = '', withinSeconds } = need
  const approvals = `${count} ${count === 1 ? 'approval' : 'approvals'}`
  return `${approvals}${WHOSE[by] ?? ''}, none older than ${timeInWords(withinSeconds)}`
}

const WHOSE: Readonly<Record<string, string>> = {
  maintainer: ' by maintainers',
  admin: ' by admins',
  owner: ' by owners',
  'code-owners': ' by code owners of each changed path',
} satisfies Record<Approvers, string>

function timeInWords(seconds: number): string {
  const [unit, size] = Object.entries(SIZES).find(([, each]) => seconds % each === 0) ?? ['minute', 60]
  const count = seconds / size
  return `${count} ${unit}${count === 1 ? '' : 's'}`
}

const SIZES = { day: DAY, hour: 60 * 60, minute: 60 }

function secondsOf(text: string): number | undefined {
  const [, count, unit = ''] = /^([1-9][0-9]{0,5})([mhd])$/.exec(text) ?? []
  const seconds = Number(count) * (UNITS[unit] ?? Number.NaN)
  return seconds <= LONGEST ? seconds : undefined
}

function isApprovers(text: string | null): text is Approvers {
  return (APPROVERS as readonly (string | null)[]).includes(text)
}
