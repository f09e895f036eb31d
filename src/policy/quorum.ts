import type { ApprovalRule } from './decide.ts'
import { isAtLeast, ROLES, type Role } from './role.ts'

/** So many approvals of certain people, as a rule wants them for the patch at hand. */
export interface Claim {
  readonly rule: string
  readonly reason: string
  readonly needed: number
  readonly withinSeconds: number
  readonly by?: Role | CodeOwners
}

/** Who owns some of the changed paths, by the names of CODEOWNERS, and who of them is here. */
export interface CodeOwners {
  readonly owners: readonly string[]
  readonly people: readonly string[]
  readonly paths: readonly string[]
}

/** An approval that stands, with what its giver is at the place now. */
export interface Standing {
  readonly person: string
  readonly role: Role | undefined
  readonly ageInSeconds: number
}

export interface Weighed {
  readonly claim: Claim
  /** Ids of the different people whose approvals count for it. */
  readonly counted: readonly string[]
  readonly missing: number
}

/** What rules want of a patch whose paths have these owners. */
export function claimsOf(rules: readonly ApprovalRule[], owners: readonly CodeOwners[]): readonly Claim[] {
  return rules.flatMap(({ rule, reason, count, withinSeconds, by }): Claim[] => {
    const claim = { rule, reason, needed: count, withinSeconds }
    if (by === 'code-owners') return owners.map((group) => ({ ...claim, by: group }))
    return [{ ...claim, ...(by === undefined ? {} : { by }) }]
  })
}

/** How far approvals go: each person counts once for a claim, and for every claim that they fit. */
export function weigh(claims: readonly Claim[], standing: readonly Standing[]): readonly Weighed[] {
  return claims.map((claim) => {
    const fitting = standing.filter((each) => each.ageInSeconds <= claim.withinSeconds && fits(claim, each))
    const counted = [...new Set(fitting.map(({ person }) => person))]
    return { claim, counted, missing: Math.max(0, claim.needed - counted.length) }
  })
}

function fits({ by }: Claim, { person, role }: Standing): boolean {
  if (by === undefined) return true
  if (isRole(by)) return role !== undefined && isAtLeast(role, by)
  return by.people.includes(person)
}

/** Whose approvals a claim wants, as people say it. */
export function whoFor({ by }: Claim): string {
  if (by === undefined) return 'anybody who may approve'
  if (isRole(by)) return `${by === 'maintainer' ? 'a' : 'an'} ${by}`
  const [first = '', ...more] = by.paths
  const of = more.length === 0 ? first : `${first} and ${more.length} more`
  const known = by.people.length === 0 ? ', of whom nobody is here' : ''
  return `an owner of ${of}: ${by.owners.join(' ')}${known}`
}

export function isRole(by: Role | CodeOwners): by is Role {
  return (ROLES as readonly unknown[]).includes(by)
}
