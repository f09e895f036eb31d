import type { Kysely } from 'kysely'
import { type Migration, Migrator } from 'kysely/migration'
import * as organisations from './migrations/0001-organisations.ts'
import * as tasks from './migrations/0002-tasks.ts'
import * as auditLog from './migrations/0003-audit-log.ts'
import * as standingApproval from './migrations/0004-standing-approval.ts'
import * as egressAndPreserved from './migrations/0005-egress-and-preserved.ts'
import * as sharedBudgets from './migrations/0006-shared-budgets.ts'
import * as projectModels from './migrations/0007-project-models.ts'
import * as policies from './migrations/0009-policies.ts'
import * as signIn from './migrations/0010-sign-in.ts'
import * as places from './migrations/0011-places.ts'
import * as quorum from './migrations/0012-quorum.ts'
import * as vault from './migrations/0013-vault.ts'
import * as shareLinks from './migrations/0014-share-links.ts'
import * as erasure from './migrations/0015-erasure.ts'
import * as signInAgain from './migrations/0016-sign-in.ts'
import * as confirmations from './migrations/0018-confirmations.ts'
import * as ownOrganisation from './migrations/0019-own-organisation.ts'
import type { Tables } from './schema.ts'

/** Every migration in order. Forward only: one that has shipped is never edited, the next one mends it. */
export const MIGRATIONS: Readonly<Record<string, Migration>> = {
  '0001-organisations': organisations,
  '0002-tasks': tasks,
  '0003-audit-log': auditLog,
  '0004-standing-approval': standingApproval,
  '0005-egress-and-preserved': egressAndPreserved,
  '0006-shared-budgets': sharedBudgets,
  '0007-project-models': projectModels,
  '0009-policies': policies,
  '0010-sign-in': signIn,
  '0011-places': places,
  '0012-quorum': quorum,
  '0013-vault': vault,
  '0014-share-links': shareLinks,
  '0015-erasure': erasure,
  '0016-sign-in': signInAgain,
  '0018-confirmations': confirmations,
  '0019-own-organisation': ownOrganisation,
}

/** Brings the schema to the newest version as the owner. One process at a time: others wait for its lock. */
export async function migrate(owner: Kysely<Tables>): Promise<void> {
  const migrator = new Migrator({
    db: owner,
    provider: { getMigrations: async () => ({ ...MIGRATIONS }) },
    migrationTableSchema: 'airlock_migrations',
  })
  const { error } = await migrator.migrateToLatest()
  if (error !== undefined) throw error
}
