import type { HostFinding } from '#contract/api.ts'
import type { Application } from '#http/application.ts'
import { approve } from '#review/approve.ts'
import { attachEvidence } from '#review/attach-evidence.ts'
import { justify } from '#review/justify.ts'
import { reject } from '#review/reject.ts'
import { select } from '#review/select.ts'
import { listShares, revokeShare, shareTask } from '#review/share-link.ts'
import { cancelTask } from '#tasks/cancel.ts'
import { fewAtATime } from '#tasks/few-at-a-time.ts'
import { discardPreserved, inspectPreserved } from '#tasks/inspect.ts'
import { mayBegin, mayList } from '#tasks/may-begin.ts'
import { retryTask } from '#tasks/retry.ts'
import { textScanner } from '#tasks/scan-text.ts'
import { submitTask } from '#tasks/submit.ts'
import type { Workshop } from '#tasks/workshop.ts'
import type { SignInDesk } from './sign-in.ts'
import { auditUseCases } from './use-cases/audit.ts'
import { budgetUseCases } from './use-cases/budgets.ts'
import { confirmationUseCases } from './use-cases/confirmations.ts'
import { dataUseCases } from './use-cases/data.ts'
import { egressUseCases } from './use-cases/egress.ts'
import { identityProviderUseCases } from './use-cases/identity-providers.ts'
import { invitationUseCases } from './use-cases/invitations.ts'
import { keyUseCases } from './use-cases/keys.ts'
import { passwordResetUseCases } from './use-cases/password-resets.ts'
import { peopleUseCases } from './use-cases/people.ts'
import { placeUseCases } from './use-cases/places.ts'
import { policyUseCases } from './use-cases/policies.ts'
import { projectUseCases } from './use-cases/projects.ts'
import { providerUseCases } from './use-cases/providers.ts'
import { secretUseCases } from './use-cases/secrets.ts'
import { serviceAccountUseCases } from './use-cases/service-accounts.ts'
import { taskUseCases } from './use-cases/tasks.ts'

export interface ApplicationOptions {
  readonly version: string
  readonly startedAt: string
  readonly signIn: SignInDesk
  readonly examineHost: () => Promise<readonly HostFinding[]>
}

/** Each who waits for a turn holds a connection: some must be left for the work. */
const inTurn = fewAtATime(4, 100, {
  code: 'conflict',
  rule: 'request.too-many-edits',
  message: 'Too many changes wait for each other.',
  remedy: 'Try again in a moment.',
})

/** Everything the surfaces can ask for, over one workshop. */
export function createApplication(workshop: Workshop, options: ApplicationOptions): Application {
  return {
    exclusively: (name, work) => inTurn(() => workshop.store.exclusively(name, work)),
    mayBegin: (actor, action, at) => mayBegin(workshop, actor, action, at),
    mayList: (actor, action) => mayList(workshop, actor, action),
    submitTask: (actor, request) => submitTask(workshop, actor, request),
    cancelTask: (actor, task) => cancelTask(workshop, actor, task),
    retryTask: (actor, task, { comment, preserveSeconds }) =>
      retryTask(workshop, actor, task, comment, preserveSeconds),
    approve: (actor, task, request) => approve(workshop, actor, task, request),
    reject: (actor, task, request) => reject(workshop, actor, task, request),
    justify: (actor, task, request) => justify(workshop, actor, task, request),
    mayJudge: () => workshop.mayJudge(),
    scanText: textScanner(workshop),
    attachEvidence: (actor, task) => attachEvidence(workshop, actor, task),
    inspectPreserved: (actor, task, request) => inspectPreserved(workshop, actor, task, request),
    discardPreserved: (actor, task) => discardPreserved(workshop, actor, task),
    selectFromPatch: (actor, task, request) => select(workshop, actor, task, request),
    listShares: (actor, task) => listShares(workshop, actor, task),
    shareTask: (actor, task, request) =>
      shareTask(workshop, actor, task, request, (link) => `${options.signIn.origin()}/share/${link}`),
    revokeShare: (actor, task, share) => revokeShare(workshop, actor, task, share),
    ...taskUseCases(workshop, options),
    ...projectUseCases(workshop),
    ...placeUseCases(workshop),
    ...egressUseCases(workshop),
    ...secretUseCases(workshop),
    ...providerUseCases(workshop),
    ...budgetUseCases(workshop),
    ...peopleUseCases(workshop),
    ...invitationUseCases(workshop, options.signIn),
    ...passwordResetUseCases(workshop, options.signIn),
    ...keyUseCases(workshop),
    ...serviceAccountUseCases(workshop),
    ...identityProviderUseCases(workshop, options.signIn),
    ...policyUseCases(workshop),
    ...auditUseCases(workshop),
    ...confirmationUseCases(workshop),
    ...dataUseCases(workshop),
  }
}
