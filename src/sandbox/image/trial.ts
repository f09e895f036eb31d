import { chmod } from 'node:fs/promises'
import type { Failure } from '#kernel/failure.ts'
import { newId } from '#kernel/ids.ts'
import { ok, type Result, refused } from '#kernel/result.ts'
import { DEFAULT_LIMITS } from '../limits.ts'
import { onBench, type UnpackPlace } from './unpack.ts'

const NO_NODE = 90
/** With it the built-in agent reads code. */
const NATIVE = 'node_modules/@ast-grep/napi'

/**
 * Runs the shell of an image and, from it, Airlock's own Node with the one library that is no JavaScript: what every setup
 * command and every agent needs. Both are made for the GNU C library, so that an image of another one (Alpine's musl)
 * cannot load them.
 */
export async function tryImage(place: UnpackPlace, imageRoot: string): Promise<Result<void>> {
  const { driver, runtime, random } = place
  return onBench(place, async ({ root }) => {
    await chmod(root, 0o755)
    let words = ''
    const started = await driver.start({
      id: newId('sbx', random),
      phase: 'check',
      command: [
        '/bin/sh',
        '-c',
        `${runtime.node} -e 'require("${runtime.guest}/${NATIVE}")' || exit ${NO_NODE}`,
      ],
      workingDirectory: '/workspace',
      environment: { PATH: '/usr/bin:/bin', HOME: '/nonexistent' },
      workspace: { source: root, target: '/workspace', writable: 'none' },
      mounts: runtime.mounts,
      imageRoot,
      limits: { ...DEFAULT_LIMITS, seconds: 30, outputBytes: 16 * 1024 },
      onOutput: (_, chunk) => {
        words += Buffer.from(chunk).toString('utf8')
      },
    })
    if (!started.ok) return started
    const { cause, exitCode, detail } = await started.value.ended()
    if (cause === 'exited' && exitCode === 0) return ok(undefined)
    const said = (detail ?? words).trim().slice(0, 500)
    return refused(cause === 'exited' && exitCode === NO_NODE ? noNode(said) : noShell(said))
  })
}

function noNode(said: string): Failure {
  return {
    code: 'image_unavailable',
    rule: 'image.libc',
    message: "The image cannot run Airlock's own Node, which needs the GNU C library 2.28 and libstdc++.",
    remedy:
      'Choose an image of Debian, Ubuntu, Fedora or the like; Alpine and distroless ones do not have these.',
    details: { said },
  }
}

function noShell(said: string): Failure {
  return {
    code: 'image_unavailable',
    rule: 'image.shell',
    message: 'No command starts in the image.',
    remedy: 'Choose an image with /bin/sh; in containers also with the env of GNU coreutils.',
    details: { said },
  }
}
