// Opens an embedded store, says so, and stays until it is killed: the parent in the crash tests.
import { openStore } from '#store/database.ts'
import { insertOrganisation } from '#store/organisations.ts'

const directory = process.argv[2]
if (directory === undefined) throw new Error('usage: hold-store <directory>')
const store = await openStore({ embedded: { directory } })
await store.inOrganisation('org_1', (tx) =>
  insertOrganisation(tx, { name: 'One', createdAt: '2026-01-31T08:00:00.000Z' }),
)
process.stdout.write('open\n')
setInterval(() => undefined, 60_000)
