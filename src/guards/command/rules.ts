import type { CommandRule } from './rule.ts'
import { accounts } from './rules/accounts.ts'
import { commandHooks } from './rules/command-hooks.ts'
import { containerPrivileges } from './rules/container-privileges.ts'
import { containerStart } from './rules/container-start.ts'
import { covertChannel } from './rules/covert-channel.ts'
import { credentialAccess } from './rules/credential-access.ts'
import { dataDestruction } from './rules/data-destruction.ts'
import { decodedExecution } from './rules/decoded-execution.ts'
import { defencesOff } from './rules/defences-off.ts'
import { destructiveDeletion } from './rules/destructive-deletion.ts'
import { disguise } from './rules/disguise.ts'
import { diskDestruction } from './rules/disk-destruction.ts'
import { downloadedProgram } from './rules/downloaded-program.ts'
import { engineSocket } from './rules/engine-socket.ts'
import { forkBomb } from './rules/fork-bomb.ts'
import { gitConfiguration } from './rules/git-configuration.ts'
import { gitHistory } from './rules/git-history.ts'
import { gitHooks } from './rules/git-hooks.ts'
import { gitPush } from './rules/git-push.ts'
import { hiddenCode } from './rules/hidden-code.ts'
import { hiddenCommand } from './rules/hidden-command.ts'
import { historyOff } from './rules/history-off.ts'
import { kernel } from './rules/kernel.ts'
import { libraryPreload } from './rules/library-preload.ts'
import { logTampering } from './rules/log-tampering.ts'
import { metadataService } from './rules/metadata-service.ts'
import { namespaceEntry } from './rules/namespace-entry.ts'
import { outboundRemote } from './rules/outbound-remote.ts'
import { privilegeEscalation } from './rules/privilege-escalation.ts'
import { processMemory } from './rules/process-memory.ts'
import { remoteCode } from './rules/remote-code.ts'
import { remotePackage } from './rules/remote-package.ts'
import { remoteScript } from './rules/remote-script.ts'
import { resourceExhaustion } from './rules/resource-exhaustion.ts'
import { reverseShell } from './rules/reverse-shell.ts'
import { reverseShellCode } from './rules/reverse-shell-code.ts'
import { scheduledJobs } from './rules/scheduled-jobs.ts'
import { secretSearch } from './rules/secret-search.ts'
import { sendingCode } from './rules/sending-code.ts'
import { services } from './rules/services.ts'
import { setIdentity } from './rules/set-identity.ts'
import { shellEscape } from './rules/shell-escape.ts'
import { startupFiles } from './rules/startup-files.ts'
import { systemInstall } from './rules/system-install.ts'
import { systemOverwrite } from './rules/system-overwrite.ts'
import { unreadable } from './rules/unreadable.ts'
import { upload } from './rules/upload.ts'
import { writtenShell } from './rules/written-shell.ts'

/** Every rule of the command guard, the gravest first: among equals the first finding is the one people read. */
export const COMMAND_RULES: readonly CommandRule[] = [
  reverseShell,
  reverseShellCode,
  remoteScript,
  downloadedProgram,
  remoteCode,
  decodedExecution,
  hiddenCommand,
  hiddenCode,
  forkBomb,
  resourceExhaustion,
  credentialAccess,
  metadataService,
  processMemory,
  secretSearch,
  startupFiles,
  scheduledJobs,
  libraryPreload,
  accounts,
  setIdentity,
  privilegeEscalation,
  kernel,
  historyOff,
  logTampering,
  defencesOff,
  disguise,
  containerPrivileges,
  engineSocket,
  namespaceEntry,
  shellEscape,
  writtenShell,
  commandHooks,
  upload,
  covertChannel,
  sendingCode,
  destructiveDeletion,
  diskDestruction,
  systemOverwrite,
  dataDestruction,
  gitHooks,
  gitConfiguration,
  gitHistory,
  gitPush,
  remotePackage,
  containerStart,
  outboundRemote,
  systemInstall,
  services,
  unreadable,
]
