import { execFileSync } from 'node:child_process'
import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { ETC_FILES } from '#sandbox/bubblewrap/etc-files.ts'

/** What a small image of these programs of the host holds: them, and whatever they are linked with. */
export function programsOfHost(names: readonly string[]): readonly string[] {
  const programs = names.map((name) => (name.startsWith('/') ? name : `/usr/bin/${name}`))
  const linked = execFileSync('ldd', programs)
    .toString()
    .match(/\/\S+(?= \(0x)/g)
  return [...new Set([...programs, ...(linked ?? [])])]
}

/** Copies programs of the host into a root directory, with the usual links into /usr. */
export async function fillRoot(root: string, names: readonly string[]): Promise<void> {
  for (const path of ['usr/bin', 'usr/lib', 'usr/lib64', 'etc'])
    await mkdir(join(root, path), { recursive: true })
  for (const name of ['bin', 'lib', 'lib64']) await symlink(`usr/${name}`, join(root, name))
  for (const file of programsOfHost(names)) {
    await mkdir(dirname(join(root, file)), { recursive: true })
    execFileSync('cp', ['-L', file, join(root, file)])
  }
  await chmod(root, 0o755)
}

/** The root of an image as Airlock unpacks it: a shell and four programs, and things by which it can be told. */
export async function imageRoot(root: string): Promise<string> {
  await mkdir(root, { recursive: true })
  await fillRoot(root, ['sh', 'env', 'cat', 'ls'])
  for (const path of ['opt/tool', 'data', 'var/lib/tool', 'home/agent', 'opt/airlock'])
    await mkdir(join(root, path), { recursive: true })
  await writeFile(join(root, 'etc/motd'), 'of the image\n')
  for (const name of Object.keys(ETC_FILES)) await writeFile(join(root, 'etc', name), '')
  // So that nothing but the mount keeps it from being written.
  execFileSync('chmod', ['-R', 'a+w', root])
  return root
}
