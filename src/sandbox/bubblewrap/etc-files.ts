import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/** The /etc of every sandbox: nobody of the host, no resolver, no host names. */
export const ETC_FILES: Readonly<Record<string, string>> = {
  passwd: [
    'root:x:0:0:root:/nonexistent:/usr/sbin/nologin',
    'agent:x:1000:1000:agent:/home/agent:/bin/sh',
    'nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin',
    '',
  ].join('\n'),
  group: 'root:x:0:\nagent:x:1000:\nnogroup:x:65534:\n',
  'nsswitch.conf': 'passwd: files\ngroup: files\nhosts: files\nservices: files\nprotocols: files\n',
  hosts: '127.0.0.1 localhost airlock\n::1 localhost\n',
  hostname: 'airlock\n',
  'resolv.conf': '',
  services: 'http 80/tcp\nhttps 443/tcp\nssh 22/tcp\n',
  protocols: 'tcp 6 TCP\nudp 17 UDP\n',
  // The workspace may belong to another uid than the one git runs as: inside there is only one project to trust.
  gitconfig: '[safe]\n\tdirectory = *\n',
}

/** Writes those files, and empty places where the host's own are bound on top (`names`; a directory ends in `/`). */
export async function writeEtc(directory: string, names: readonly string[]): Promise<void> {
  for (const [name, text] of Object.entries(ETC_FILES)) await writeFile(join(directory, name), text)
  for (const name of names)
    if (name.endsWith('/')) await mkdir(join(directory, name), { recursive: true })
    else {
      await mkdir(dirname(join(directory, name)), { recursive: true })
      await writeFile(join(directory, name), '')
    }
}
