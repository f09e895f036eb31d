import type { RoleBindingRow } from '#store/role-bindings.ts'

/** An entry is no list of everything: beyond these, their number says enough, and each is in the table of roles. */
const MOST_NAMED = 100

/** Roles that ended with what they were given to or at, as the log keeps them. */
export function endedForLog(ended: readonly RoleBindingRow[]): readonly string[] {
  const named = ended
    .slice(0, MOST_NAMED)
    .map(({ subject, role, placeKind, place }) => `${subject} ${role} ${placeKind} ${place}`)
  return ended.length > MOST_NAMED ? [...named, `and ${ended.length - MOST_NAMED} more`] : named
}
