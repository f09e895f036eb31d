import type { SecretView } from '#contract/secret.ts'
import { count } from '../terminal/amounts.ts'
import { oneLine } from '../terminal/safe-text.ts'
import type { Paint } from '../terminal/screen.ts'
import { table } from '../terminal/table.ts'

/** A name, with where it counts if that is not the setup of every task. */
export function secretWords({ name, environment, context }: SecretView): string {
  const where = [environment, context === 'deployment' ? 'deployments' : undefined].filter(Boolean)
  return oneLine(where.length === 0 ? name : `${name} (${where.join(', ')})`)
}

export function secretTable(secrets: readonly SecretView[], paint: Paint): string {
  if (secrets.length === 0) return 'No secrets.'
  const rows = secrets.map((secret) => [
    paint('bold', secretWords(secret)),
    `${secret.version}${secret.versions.length > 1 ? ` (${secret.versions.length} kept)` : ''}`,
    count(secret.bytes, 'byte'),
    `${secret.createdAt}${secret.createdBy === undefined ? '' : ` by ${oneLine(secret.createdBy.name)}`}`,
    usedWords(secret),
  ])
  const titles = [
    { title: 'name' },
    { title: 'version' },
    { title: 'size', align: 'right' as const },
    { title: 'stored' },
    { title: 'last used' },
  ]
  return table(titles, rows, paint)
}

function usedWords({ lastUsed }: SecretView): string {
  if (lastUsed === undefined) return 'never'
  const { at, version, task, by } = lastUsed
  return `${at}, version ${version}, task ${task} of ${oneLine(by.name)}`
}
