import type { CommandRule } from './rule.ts'
import { containerSpawning } from './rules/container-spawning.ts'
import { credentialAccess } from './rules/credential-access.ts'
import { destructiveDeletion } from './rules/destructive-deletion.ts'
import { forkBomb } from './rules/fork-bomb.ts'
import { gitConfiguration } from './rules/git-configuration.ts'
import { gitHistory } from './rules/git-history.ts'
import { gitPush } from './rules/git-push.ts'
import { outboundRemote } from './rules/outbound-remote.ts'
import { persistence } from './rules/persistence.ts'
import { privilegeEscalation } from './rules/privilege-escalation.ts'
import { remoteScript } from './rules/remote-script.ts'
import { reverseShell } from './rules/reverse-shell.ts'
import { systemInstall } from './rules/system-install.ts'
import { unreadable } from './rules/unreadable.ts'

/** Every rule of the command guard, the gravest first: the first finding is the one people read. */
export const COMMAND_RULES: readonly CommandRule[] = [
  reverseShell,
  remoteScript,
  forkBomb,
  persistence,
  privilegeEscalation,
  credentialAccess,
  destructiveDeletion,
  gitPush,
  gitHistory,
  gitConfiguration,
  containerSpawning,
  outboundRemote,
  systemInstall,
  unreadable,
]
