/** The members of `left` that `right` has none left for, counted by key: two of a kind against one leave one. */
export function without<T>(left: readonly T[], right: readonly T[], key: (member: T) => string): T[] {
  const counts = new Map<string, number>()
  for (const member of right) counts.set(key(member), (counts.get(key(member)) ?? 0) + 1)
  return left.filter((member) => {
    const count = counts.get(key(member)) ?? 0
    counts.set(key(member), count - 1)
    return count <= 0
  })
}
