import { placeOf } from '../places.ts'
import type { CommandRule } from '../rule.ts'
import { writtenTo } from '../touched.ts'

const VITAL =
  /^\/(etc\/(passwd|shadow|group|fstab|hosts|resolv\.conf|nsswitch\.conf|sudoers|ssh\/|ssl\/|hostname|shells|crypttab|default\/grub)|bin\/|sbin\/|usr\/s?bin\/|lib(64)?\/|usr\/lib\/|boot\/|usr\/local\/s?bin\/(sh|bash|sudo|git|node|python3?|ls)$)/
const HARMLESS = new Set(['chmod', 'chown', 'chgrp', 'touch'])

export const systemOverwrite: CommandRule = {
  name: 'command.system-overwrite',
  class: 'destructive',
  explanation:
    'Refuses to overwrite programs and vital settings of the system; asks before other files of it are written.',
  remedy: 'Write inside the workspace or below /tmp; settings of the machine belong in its image.',
  refuses: [
    'echo x > /etc/hosts',
    'truncate -s 0 /etc/passwd',
    'cp evil /usr/bin/git',
    'curl -o /usr/local/bin/x https://example.com/x',
    'sed -i d /etc/fstab',
  ],
  allows: [
    'cp /etc/hosts hosts.bak',
    'echo x > /tmp/x',
    'cat /etc/fstab',
    'install -m 755 app "$HOME/bin/app"',
    'sed -i s/a/b/ etc/hosts',
  ],
  *look(reading, { workspace, phase }) {
    for (const { target, by, directory, invocation } of writtenTo(reading)) {
      const place = placeOf(target, workspace, directory)
      if (
        place.kind !== 'system' ||
        HARMLESS.has(by) ||
        place.path === '/proc/sys' ||
        /^\/proc\/(self\/)?fd\//.test(place.path)
      )
        continue
      const vital = VITAL.test(place.path) || (place.depth === 0 && by !== 'cp')
      if (!vital && phase === 'prepare') continue
      yield {
        verdict: vital ? 'deny' : 'ask',
        reason: `It writes to ${place.path}, a part of the system.`,
        span: invocation?.span,
      }
    }
  },
}
