import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { hostProgram } from './host-program.ts'

export interface Overlay {
  /** Topmost first; none of them is ever written through this mount. */
  readonly lower: readonly string[]
  readonly upper: string
  readonly work: string
  readonly merged: string
}

/**
 * Mounted by the host's root, so that overlayfs keeps its notes in `trusted.*` attributes, which nobody inside can set;
 * that is also why an upper may later be read as a layer. nosuid,nodev: what is planted here means nothing to the host.
 * volatile: a workspace does not outlive a crash of the host, so nobody need wait for its disk.
 */
export async function mountOverlay({ lower, upper, work, merged }: Overlay): Promise<void> {
  const options = [
    ...['nosuid', 'nodev', 'volatile', 'redirect_dir=on', 'index=off', 'metacopy=off'],
    ...[`lowerdir=${lower.join(':')}`, `upperdir=${upper}`, `workdir=${work}`],
  ]
  await hostProgram('mount', ['-t', 'overlay', 'airlock', '-o', options.join(','), merged])
}

export async function mountTmpfs(directory: string, bytes: number): Promise<void> {
  const options = `nosuid,nodev,mode=0710,size=${bytes}`
  await hostProgram('mount', ['-t', 'tmpfs', 'airlock', '-o', options, directory])
}

/** Lazily where something still holds it: the kernel lets go as soon as that ends. Nothing mounted there is success. */
export async function unmount(directory: string): Promise<void> {
  try {
    await hostProgram('umount', ['--', directory])
  } catch {
    if ((await mountsBelow(dirname(directory))).includes(directory))
      await hostProgram('umount', ['-l', '--', directory])
  }
}

/** Mount points below a directory, the innermost first. */
export async function mountsBelow(directory: string): Promise<readonly string[]> {
  const table = await readFile('/proc/self/mountinfo', 'utf8')
  return table
    .split('\n')
    .map((line) => unescaped(line.split(' ')[4] ?? ''))
    .filter((path) => path.startsWith(`${directory}/`))
    .reverse()
}

/** Whether overlays can be mounted here: tried once, for real. */
export async function canOverlay(directory: string): Promise<boolean> {
  if (process.geteuid?.() !== 0 || /[,:\\]/.test(directory)) return false
  const trial = await mkdtemp(join(directory, 'trial-'))
  const [lower, upper, work, merged] = ['lower', 'upper', 'work', 'merged'].map((name) =>
    join(trial, name),
  ) as [string, string, string, string]
  try {
    for (const path of [lower, upper, work, merged]) await mkdir(path)
    await mountOverlay({ lower: [lower], upper, work, merged })
    await unmount(merged)
    return true
  } catch {
    return false
  } finally {
    await rm(trial, { recursive: true, force: true })
  }
}

/** The kernel writes space, tab, newline and backslash in octal. */
function unescaped(text: string): string {
  return text.replaceAll(/\\([0-7]{3})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 8)),
  )
}
