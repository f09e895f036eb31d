import { createHash, randomBytes } from 'node:crypto'
import { NOTHING_SPENT } from '#contract/budget.ts'
import { newId } from '#kernel/ids.ts'
import { organisationPlace } from '#policy/place.ts'
import { insertAccessToken } from '#store/access-tokens.ts'
import { insertApproval } from '#store/approvals.ts'
import { beginAttempt } from '#store/attempts.ts'
import { appendEntries, saveCheckpoint } from '#store/audit-log.ts'
import { insertConfirmation } from '#store/confirmations.ts'
import type { Store } from '#store/database.ts'
import { insertDecision } from '#store/decisions.ts'
import { allowEgress, noteEgressRequests } from '#store/egress.ts'
import { appendEvents } from '#store/events.ts'
import { saveEvidence } from '#store/evidence.ts'
import { cacheBaseRun, saveGateReport } from '#store/gate-reports.ts'
import { insertIdentityProvider } from '#store/identity-providers.ts'
import { insertInvitation } from '#store/invitations.ts'
import { keepLogText } from '#store/log-texts.ts'
import { insertPasswordReset } from '#store/password-resets.ts'
import { insertPatch } from '#store/patches.ts'
import { linkIdentity } from '#store/person-identities.ts'
import { insertPolicyChange } from '#store/policies.ts'
import { insertPreserved } from '#store/preserved-workspaces.ts'
import { intendPublication } from '#store/publications.ts'
import { insertRoleBinding } from '#store/role-bindings.ts'
import type { TaskRow, Tx } from '#store/schema.ts'
import { insertSecretVersion } from '#store/secrets.ts'
import { insertServiceAccount } from '#store/service-accounts.ts'
import { insertShareLink } from '#store/share-links.ts'
import { countSpend, holdSpend, setLimit } from '#store/shared-budgets.ts'
import { insertTask } from '#store/tasks.ts'
import { entriesAbout as noted } from './audit-entries.ts'
import { MORNING, type TestOrganisation, testOrganisation } from './database.ts'
import { queuedTask } from './tasks.ts'

export interface FullOrganisation extends TestOrganisation {
  readonly task: TaskRow
  readonly attempt: string
  readonly patch: string
  readonly approval: string
}

/** A new organisation with at least one row in every table there is. */
export async function fullOrganisation(store: Store): Promise<FullOrganisation> {
  const home = await testOrganisation(store)
  const attempt = newId('att', randomBytes)
  const patch = newId('pat', randomBytes)
  const approval = newId('apr', randomBytes)
  const commit = randomBytes(20).toString('hex')
  const task = await store.inOrganisation(home.organisation, async (tx) => {
    const hash = createHash('sha256').update(randomBytes(32)).digest()
    await insertAccessToken(tx, { hash, person: home.person.id, createdAt: MORNING })
    await somePlaces(tx, home)
    await someSignIn(tx, home)
    const row = await insertTask(tx, queuedTask(home))
    await beginAttempt(tx, { id: attempt, task: row.id, number: 1, step: 'prepare', startedAt: MORNING })
    await appendEvents(tx, {
      task: row.id,
      attempt: 1,
      events: [{ at: MORNING, body: { kind: 'state', to: 'queued' } }],
    })
    await insertPatch(tx, somePatch(patch, row.id))
    await saveGateReport(tx, row.id, noGates(somePatch(patch, row.id).digest), MORNING)
    await cacheBaseRun(tx, 'key', { outcome: 'pass' }, MORNING)
    await insertConfirmation(tx, {
      ...{ id: newId('cnf', randomBytes), digest: 'of a question', action: 'environment.remove' as const },
      ...{ place: organisationPlace(home.organisation), facts: {}, about: '', askedBy: home.person },
      ...{ askedAt: MORNING, expiresAt: '2026-02-01T08:00:00.000Z' },
    })
    await keepLogText(tx, {
      ...{ digest: `sha256:${'d'.repeat(64)}`, subject: row.id, person: home.person.id },
      ...{ salt: randomBytes(16), text: 'for a reason', createdAt: MORNING },
    })
    await insertShareLink(tx, {
      ...{ id: newId('shr', randomBytes), hash: randomBytes(32), task: row.id, createdBy: home.person },
      ...{ createdAt: MORNING, expiresAt: '2026-02-07T08:00:00.000Z' },
    })
    await insertApproval(tx, {
      id: approval,
      task: row.id,
      tuple: '{"id":"a"}',
      envelope: { payload: 'e30=' },
      createdAt: MORNING,
      waits: false,
      taskVersion: 1,
    })
    const branch = 'airlock/1-fix'
    await intendPublication(tx, { approval, task: row.id, branch, commit, push: true, createdAt: MORNING })
    await saveEvidence(tx, { commit, task: row.id, bundle: '{}', createdAt: MORNING })
    await noteEgressRequests(tx, row.id, [someEgressRequest])
    await allowEgress(tx, {
      id: newId('alw', randomBytes),
      project: row.project,
      task: row.id,
      rule: { host: 'mirror.example.org' },
      reason: 'ours',
      allowedBy: home.person,
      allowedAt: MORNING,
    })
    await insertPreserved(tx, {
      id: newId('kpt', randomBytes),
      task: row.id,
      attempt: 1,
      phase: 'run',
      preservedAt: MORNING,
      expiresAt: MORNING,
    })
    await someBudget(tx, home, attempt)
    await insertPolicyChange(tx, {
      sequence: 1,
      name: 'night',
      text: '',
      examples: '',
      setBy: home.person,
      setAt: MORNING,
    })
    await insertDecision(tx, {
      id: newId('dec', randomBytes),
      at: MORNING,
      action: 'review.approve',
      question: {},
      effect: 'allow',
    })
    await someSecret(tx, home)
    await appendEntries(tx, noted('one', 'two'))
    await saveCheckpoint(tx, { size: 2, note: 'origin\n2\n', createdAt: MORNING })
    return row
  })
  return { ...home, task, attempt, patch, approval }
}

export const someEgressRequest = {
  target: 'mirror.example.org:443',
  method: '',
  path: '',
  scheme: 'https' as const,
  host: 'mirror.example.org',
  port: 443,
  origin: 'setup' as const,
  times: 2,
  firstAt: MORNING,
  lastAt: MORNING,
}

export function somePatch(id: string, task: string) {
  return {
    id,
    task,
    attempt: 1,
    base: 'a'.repeat(40),
    tree: 'b'.repeat(40),
    digest: `sha256:${'c'.repeat(64)}`,
    bytes: Buffer.from('diff --git a/x b/x\n\0\xff', 'latin1'),
    files: [],
    undone: [{ path: 'README', rule: 'scope.write', reason: 'out of scope' }],
    origin: 'agent' as const,
    createdAt: MORNING,
  }
}

function noGates(patch: string) {
  return { patch, gates: [], tampering: [], verdict: 'no_gates' as const, iteration: 1 }
}

async function someSignIn(tx: Tx, { person }: TestOrganisation): Promise<void> {
  const made = { createdBy: person, createdAt: MORNING }
  await insertServiceAccount(tx, { id: newId('sva', randomBytes), name: 'ci', role: 'developer', ...made })
  await insertInvitation(tx, {
    id: newId('inv', randomBytes),
    hash: randomBytes(32),
    name: 'Grace',
    email: 'grace@example.org',
    role: 'developer',
    invitedBy: person,
    createdAt: MORNING,
    expiresAt: '2026-02-01T08:00:00.000Z',
  })
  await linkIdentity(tx, { identity: `of ${person.id}`, person: person.id, createdAt: MORNING })
  const issuer = 'https://id.example.org'
  const provider = { id: `example-${person.id}`, kind: 'oidc', issuer, domain: 'example.org' } as const
  await insertIdentityProvider(tx, { ...provider, ...made })
  await insertPasswordReset(tx, {
    ...made,
    id: newId('rst', randomBytes),
    hash: randomBytes(32),
    person: person.id,
    secondFactor: false,
    expiresAt: '2026-02-01T08:00:00.000Z',
  })
}

async function someBudget(tx: Tx, { person, project }: TestOrganisation, attempt: string): Promise<void> {
  const by = { project: project.id, person: person.id, agent: 'builtin' }
  const limits = { requests: 10 }
  await setLimit(tx, {
    kind: 'organisation',
    owner: '',
    period: 'day',
    limits,
    setBy: person,
    setAt: MORNING,
  })
  await countSpend(tx, by, '2026-01-31', { microDollars: 1, tokens: 1, requests: 1 })
  const hold = { id: newId('hld', randomBytes), attempt, day: '2026-01-31', ...by }
  await holdSpend(tx, { ...hold, most: NOTHING_SPENT, usual: NOTHING_SPENT })
}

async function somePlaces(tx: Tx, { person, project }: TestOrganisation): Promise<void> {
  const team = newId('tem', randomBytes)
  const by = JSON.stringify(person)
  await tx.insertInto('teams').values({ id: team, name: 'shop', createdAt: MORNING }).execute()
  await tx
    .insertInto('teamMembers')
    .values({ team, member: person.id, addedBy: by, addedAt: MORNING })
    .execute()
  await tx
    .insertInto('environments')
    .values({ id: newId('env', randomBytes), project: project.id, name: 'staging', createdAt: MORNING })
    .execute()
  const at = { kind: 'Project', id: project.id } as const
  const binding = { subjectKind: 'team', subject: team, role: 'viewer', at, givenBy: person } as const
  await insertRoleBinding(tx, { id: newId('bnd', randomBytes), ...binding, givenAt: MORNING })
}

async function someSecret(tx: Tx, { person, project }: TestOrganisation): Promise<void> {
  const address = { project: project.id, environment: null, context: 'task', name: 'npmrc' } as const
  const version = { version: 1, bytes: 8, sealed: randomBytes(37), wrappedKey: randomBytes(61) }
  const made = { wrappedBy: 'local:0000000000000000', createdBy: person, createdAt: MORNING }
  await insertSecretVersion(tx, newId('sec', randomBytes), address, { ...version, ...made })
}
