import { readFileSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { digestOf } from '#kernel/bytes.ts'
import type { Failure } from '#kernel/failure.ts'
import { ok, type Result, refused } from '#kernel/result.ts'
import { ETC_FILES } from '../bubblewrap/etc-files.ts'
import { type HostView, viewHost } from '../bubblewrap/host-view.ts'
import { hardLimits } from '../bubblewrap/rlimits.ts'
import type { ReadOnlyMount } from '../driver.ts'
import { stageOnce } from '../stage.ts'
import type { ContainerFrame } from './container-body.ts'
import { type About, type Engine, EngineError } from './engine.ts'
import type { Footing } from './messages.ts'
import { rootImage } from './root-image.ts'
import type { RunnerOptions } from './runner-options.ts'
import { systemCallRules } from './system-call-rules.ts'

/** Everything a start needs that does not change from one container to the next. */
export interface Ground {
  readonly engine: Engine
  readonly frame: ContainerFrame
  readonly footing: Footing
  /** A directory with Airlock's own /etc, for images of specs. */
  readonly etc: string
  /** The image that the runner's command line limits it to: then a spec brings none of its own. */
  readonly onlyImage: string | undefined
  readonly stopwatch: RunnerOptions['stopwatch']
}

/** Asks the engine for what every start needs; refuses with what is missing and how to get it. */
export async function prepareGround(engine: Engine, options: RunnerOptions): Promise<Result<Ground>> {
  const { arch, platform } = process
  if (platform !== 'linux' || (arch !== 'x64' && arch !== 'arm64'))
    return refused(
      unavailable(`There is no sandbox for ${platform} on ${arch}.`, 'Use Linux on x64 or arm64.'),
    )
  try {
    const about = await engine.about()
    const wrong = userFailure(options) ?? engineFailure(about, options)
    if (wrong !== undefined) return refused(wrong)
    const host = viewHost()
    const image = await rootImage(engine, options.image, host.roots)
    if (!image.ok) return image
    const files = await stageFiles(options, JSON.stringify(systemCallRules(arch)))
    return ok({
      engine,
      etc: files.etc,
      onlyImage: options.image === 'host' ? undefined : options.image,
      stopwatch: options.stopwatch,
      footing: { engine: `${about.kind} ${about.version}`, runtime: options.runtime, image: image.value },
      frame: {
        label: options.prefix,
        image: image.value,
        user: options.user,
        kind: about.kind,
        runtime: options.runtime,
        seccomp: about.kind === 'docker' ? files.rules : files.rulesFile,
        system: systemMounts(options, host, files.etc),
        mostProcesses: Math.min(
          32_768,
          hardLimits(readFileSync('/proc/self/limits', 'utf8')).get('Max processes') ?? 32_768,
        ),
      },
    })
  } catch (error) {
    if (!(error instanceof EngineError)) throw error
    return refused(engineUnavailable(error, options.engine))
  }
}

export function engineUnavailable(error: EngineError, engine: string): Failure {
  if (error.status !== undefined)
    return unavailable(
      `The container engine refused: ${error.message}`,
      'Run `airlock doctor` for what is missing.',
    )
  return unavailable(
    `The container engine does not answer at ${engine}: ${error.message}`,
    'Start it, or start the runner with the socket that it listens on (--engine).',
  )
}

/** A runner that cannot look into workspaces cannot bound them; one that runs commands as root gives the host away. */
function userFailure({ user }: RunnerOptions): Failure | undefined {
  const own = process.getuid?.()
  if (user.uid > 0 && user.gid > 0 && (own === 0 || own === user.uid)) return undefined
  return unavailable(
    `A runner of uid ${own} cannot run commands as ${user.uid}:${user.gid}.`,
    'Run it as root with an unprivileged --user, or as the very user it is to run commands as.',
  )
}

function engineFailure(about: About, { runtime }: RunnerOptions): Failure | undefined {
  if (about.rootless)
    return unavailable(
      'The container engine is rootless: it shows files under other owners than the host does.',
      'Use an engine that runs as root, or the bubblewrap driver, which needs no engine.',
    )
  // Podman's Docker interface takes the name of a runtime and does not use it.
  if (about.kind === 'podman' && about.defaultRuntime !== runtime)
    return unavailable(
      `Podman runs containers with ${about.defaultRuntime}, not ${runtime}.`,
      `Start its service as: podman --runtime ${runtime} system service --time=0 unix:///…`,
    )
  if (about.kind === 'docker' && !about.runtimes.includes(runtime))
    return unavailable(
      `Docker does not know the runtime ${runtime}.`,
      `Install it and add it to "runtimes" in /etc/docker/daemon.json; it knows ${about.runtimes.join(', ')}.`,
    )
  return undefined
}

interface StagedFiles {
  readonly etc: string
  readonly rules: string
  readonly rulesFile: string
}

async function stageFiles({ directory, user }: RunnerOptions, rules: string): Promise<StagedFiles> {
  const etc = Object.entries(ETC_FILES).map(([name, text]) => [name, withUser(text, user)] as const)
  const digest = digestOf(JSON.stringify([etc, rules])).slice('sha256:'.length, 'sha256:'.length + 16)
  const root = await stageOnce(directory, `container-${digest}`, async (draft) => {
    await mkdir(join(draft, 'etc'))
    for (const [name, text] of etc) await writeFile(join(draft, 'etc', name), text)
    await writeFile(join(draft, 'seccomp.json'), rules)
  })
  return { etc: join(root, 'etc'), rules, rulesFile: join(root, 'seccomp.json') }
}

/** There is no user namespace: inside, the user has the number it has on the host. */
function withUser(text: string, { uid, gid }: RunnerOptions['user']): string {
  return text
    .replace('agent:x:1000:1000:', `agent:x:${uid}:${gid}:`)
    .replace('agent:x:1000:', `agent:x:${gid}:`)
}

/** Engines write these files themselves, from the host's own, wherever nothing is mounted. */
const WRITTEN_BY_ENGINES = ['passwd', 'group', 'hosts', 'hostname', 'resolv.conf']

function systemMounts({ image }: RunnerOptions, host: HostView, etc: string): ReadOnlyMount[] {
  const files = WRITTEN_BY_ENGINES.map((name) => ({ source: join(etc, name), target: `/etc/${name}` }))
  if (image !== 'host') return files
  const same = (path: string) => ({ source: path, target: path })
  return [
    ...host.roots.filter(({ kind }) => kind === 'directory').map(({ path }) => same(path)),
    ...host.etc.map((name) => same(`/etc/${name.replace(/\/$/, '')}`)),
    ...files,
  ]
}

export function unavailable(message: string, remedy: string): Failure {
  return { code: 'sandbox_unavailable', rule: 'sandbox.host', message, remedy }
}
